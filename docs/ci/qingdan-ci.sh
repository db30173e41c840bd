#!/bin/sh
# What a pipeline does with a content repository. GitLab, Gitea/Forgejo and GitHub all call this one script:
#
#   qingdan-ci.sh merge-request [TARGET]   check what a merge request changes against TARGET (default origin/main)
#   qingdan-ci.sh main                     prove the register, build what changed, publish, pack for the kiosks
#   qingdan-ci.sh daily                    the same without the proof: lists with a future date come into force
#
# Settings come by environment (docs/ci/README.md). Keys are paths of files; nothing of them is ever printed.
# 流水线脚本：各平台共用。设置一律用环境变量，密钥只给文件路径，不会打印。说明见 docs/ci/README.md。
set -eu

QINGDAN=${QINGDAN:-qingdan}                            # how the program is called
CONTENT=${QINGDAN_CONTENT:-content}                    # the content folder, from the top of the repository
SITE=${QINGDAN_SITE:-site}                             # where the site is built; keep it between runs
ARTEFACTS=${QINGDAN_ARTEFACTS:-qingdan-artefacts}      # what a merge request leaves to be looked at
FINDINGS=${QINGDAN_FINDINGS:-github}                   # github: printed as annotations; junit, sarif: kept as files
WAIT=${QINGDAN_WAIT:-600}                              # seconds to wait for another run
KIOSK_REPO=${QINGDAN_KIOSK_REPO:-}                     # folder with an update repository per county
JOBS=${QINGDAN_JOBS:-}                                 # processes that build; as many as the machine suggests
SPOKEN=${QINGDAN_LANG:-zh}                             # language of the messages: zh or en
LOCKED=5                                               # docs/exit-codes.md
DIFFERS=7

say() {
    printf '== %s\n' "$1"
}

# Runs a command of the program; while another run holds the lock, says so and waits.
run() {
    waited=0
    while :; do
        code=0
        # The program's name may be several words.
        $QINGDAN "$@" --lang "$SPOKEN" || code=$?
        [ "$code" -eq "$LOCKED" ] && [ "$waited" -lt "$WAIT" ] || return "$code"
        say "另一个任务正在运行，等待 · another run is at work; waiting (${waited} s)" >&2
        sleep 2
        waited=$((waited + 2))
    done
}

# Names of files that differ from the target branch, one a line; Chinese names as they are.
changed_files() {
    git -c core.quotePath=false diff --name-only --no-renames "$1"...HEAD -- "$CONTENT"
}

# Filing folders among them, as <county>/<filing>.
changed_filings() {
    changed_files "$1" | sed -n "s|^\"\{0,1\}$CONTENT/counties/\([0-9]\{6\}\)/filings/\([^/]*\)/.*|\1/\2|p" | sort -u
}

# Counties whose folder or register differs.
changed_counties() {
    changed_files "$1" | sed -n "s|^\"\{0,1\}$CONTENT/[a-z]*/\([0-9]\{6\}\)/.*|\1|p" | sort -u
}

# Puts back the register that the merge request started from, in this copy, so that recording its filings can be seen.
rewind_register() {
    base=$(git merge-base "$1" HEAD)
    for county in $(changed_filings "$1" | cut -d/ -f1 | sort -u); do
        rm -rf "$CONTENT/register/$county"
        if git cat-file -e "$base:$CONTENT/register/$county" 2>/dev/null; then
            git restore --source "$base" --worktree -- "$CONTENT/register/$county"
        fi
    done
}

# What is not committed in the register, one file a line.
register_status() {
    git status --porcelain --untracked-files=all -- "$CONTENT/register" ":(exclude)$CONTENT/register/.lock"
}

restore_register() {
    git restore --worktree -- "$CONTENT/register" 2>/dev/null || :
    git clean --quiet --force -d -- "$CONTENT/register"
}

# Prints the clerk's report of one filing, leaves it as artefacts, and records the filing in this copy of the repository.
check_filing() {
    folder=$CONTENT/counties/${1%/*}/filings/${1#*/}
    name=${1%/*}-${1#*/}
    say "$folder"
    if [ ! -d "$folder" ]; then
        say "报备文件夹被删除 · a filing folder was deleted"
        return 1
    fi
    rm -f "$ARTEFACTS/$name.xlsx"
    case $FINDINGS in
        github) run check "$folder" --content "$CONTENT" --format github --annotate "$ARTEFACTS/$name.xlsx" ;;
        junit) run check "$folder" --content "$CONTENT" --format junit --annotate "$ARTEFACTS/$name.xlsx" \
            >"$ARTEFACTS/$name.junit.xml" ;;
        *) run check "$folder" --content "$CONTENT" --format "$FINDINGS" --annotate "$ARTEFACTS/$name.xlsx" \
            >"$ARTEFACTS/$name.$FINDINGS.json" ;;
    esac || :  # the verdict is that of accept, which looks at the register too
    code=0
    run accept "$folder" --content "$CONTENT" >"$ARTEFACTS/$name.txt" || code=$?
    cat "$ARTEFACTS/$name.txt"
    return "$code"
}

merge_request() {
    target=${1:-origin/main}
    git rev-parse --quiet --verify "$target^{commit}" >/dev/null || {
        say "没有目标分支 $target · there is no $target to compare with (fetch it, with its history)"
        exit 2
    }
    # A build server's copy is clean; in somebody's own, what is not committed would be lost with the register's rewinding.
    if [ -n "$(register_status)" ]; then
        say "$CONTENT/register 有未提交的改动，请先提交 · $CONTENT/register has changes that are not committed: commit them first"
        exit 2
    fi
    mkdir -p "$ARTEFACTS"
    verdict=0
    trap restore_register EXIT
    rewind_register "$target"
    for filing in $(changed_filings "$target"); do
        check_filing "$filing" || verdict=$?
    done
    [ "$verdict" -eq 0 ] || exit "$verdict"

    say "核对登记册 · proving the register"
    left=$(register_status)
    if [ -n "$left" ]; then
        printf '%s\n' "$left"
        say "登记册与重新登记的结果不同：请按报备先后运行 qingdan accept，并提交 $CONTENT/register 的改动"
        say "Recording the filings again gives another register: run qingdan accept in their order, commit what it changes"
        exit "$DIFFERS"
    fi
    run register verify --content "$CONTENT"

    counties=$(changed_counties "$target")
    if [ -z "$counties" ]; then
        say "没有改动任何县，不建预览 · no county differs; no preview"
        return
    fi
    set --
    for county in $counties; do
        [ ! -d "$CONTENT/counties/$county" ] || set -- "$@" --only "$county"
    done
    say "建预览 · building a preview"
    run build --preview --content "$CONTENT" --out "$ARTEFACTS/preview" ${JOBS:+--jobs "$JOBS"} "$@"
}

# Builds what differs and publishes it; an unrecorded filing stops everything before a page is written.
update() {
    set -- --frozen --content "$CONTENT" --out "$SITE" ${JOBS:+--jobs "$JOBS"}
    if [ -n "${QINGDAN_RELEASE_KEY:-}" ]; then
        set -- "$@" --publish
    else
        say "没有给出 QINGDAN_RELEASE_KEY，不发布 · no QINGDAN_RELEASE_KEY; nothing will be published"
    fi
    run update "$@"
}

# Packs for the kiosks, or renews the signatures where the key that signs content is not on this machine.
kiosks() {
    if [ -z "$KIOSK_REPO" ] || [ -z "${QINGDAN_KIOSK_KEYS:-}" ]; then
        say "没有给出一体机更新库或密钥，跳过 · no kiosk repository or keys; skipped"
        return
    fi
    for home in "$KIOSK_REPO"/[0-9][0-9][0-9][0-9][0-9][0-9]; do
        [ -d "$home" ] || continue
        county=${home##*/}
        if [ ! -f "$SITE/$county/index.html" ]; then
            say "$county：没有建成的网页，跳过 · no pages were built; skipped"
        elif [ -f "$QINGDAN_KIOSK_KEYS/targets.pem" ]; then
            run kiosk pack --repo "$home" --county "$county" --site "$SITE" --content "$CONTENT"
        else
            say "$county：没有 targets.pem，只续签 · no targets.pem here; signatures are renewed only"
            run kiosk refresh --repo "$home"
        fi
    done
}

case ${1:-} in
    merge-request)
        shift
        merge_request "$@"
        ;;
    main)
        say "核对登记册 · proving the register"
        run register verify --content "$CONTENT"
        update
        kiosks
        ;;
    daily)
        update
        kiosks
        ;;
    *)
        sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
