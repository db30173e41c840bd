#!/bin/sh
# Installs what tests run against, where it is missing and we may; says what to do where we may not.
set -u

has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
has_fonts() { command -v fc-list >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; }
# Root's path may leave out the folders of servers.
has_servers() { PATH="$PATH:/usr/sbin:/sbin" command -v nginx >/dev/null && PATH="$PATH:/usr/sbin:/sbin" command -v sshd >/dev/null; }

if has_browser && has_fonts && has_servers; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Chromium, Chinese fonts, nginx and an SSH server for the tests"
    DEBIAN_FRONTEND=noninteractive
    # A package must not start its server: tests start their own, on ports of their own.
    RUNLEVEL=1
    export DEBIAN_FRONTEND RUNLEVEL
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
    apt-get install -y -qq --no-install-recommends nginx-light openssh-server wrk >/dev/null ||
        echo "without nginx and an SSH server their tests are not run" >&2
else
    echo "browser tests need Chromium and a Chinese font, e.g.: sudo apt-get install chromium fonts-noto-cjk" >&2
    echo "delivery tests need servers, e.g.: sudo apt-get install nginx-light openssh-server wrk" >&2
fi

# Without a browser the tests decide: a failure under CI, else a skip that is counted. Without servers they are counted as not run.
exit 0
