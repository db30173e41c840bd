"""The pipeline script, run as a build server runs it: on a scratch git repository, by its three verbs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import openpyxl
import pytest

from generator import signing
from tests.golden_site import ROOT, golden_content

CI = ROOT / "docs" / "ci"
SCRIPT = CI / "qingdan-ci.sh"
COUNTY = "230125"
FILING = f"content/counties/{COUNTY}/filings/2025-07-20-next-list"
BOOK = "宾州镇履职事项清单.xlsx"
NAME, OTHER = "加强黑土地保护宣传", "组织清明文明祭扫"


class Repository:
    """A content repository with a portal, and keys that lie outside of it."""

    def __init__(self, home: Path) -> None:
        self.home, self.folder, self.portal = home, home / "repository", home / "portal"
        self.folder.mkdir(parents=True)
        self.portal.mkdir()
        golden_content(self.folder)
        self.key = home / "secrets" / "release.pem"
        self.key.parent.mkdir()
        public = signing.make_key(self.key)
        with (self.folder / "content" / "site.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[signing]\npublic = "{public}"\n')
            file.write(f'\n[[target]]\nname = "portal"\nkind = "folder"\npath = "{self.portal}"\n')
        ignored = "content/register/.lock\n/site/\n/.site*\n/qingdan-artefacts/\n"
        (self.folder / ".gitignore").write_text(ignored, encoding="utf-8")
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("start")

    def git(self, *words: str) -> str:
        """Run git in the repository and return what it says."""
        identity = ("-c", "user.name=ci", "-c", "user.email=ci@example.invalid")
        command = ["git", *identity, "-C", str(self.folder), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self, message: str) -> None:
        """Commit all there is."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """Start the script as a build server does, in the top folder of the repository."""
        program = {"QINGDAN": f"{sys.executable} -m generator", "PYTHONPATH": str(ROOT), "QINGDAN_JOBS": "1"}
        return subprocess.Popen(
            ["sh", str(SCRIPT), *words],
            cwd=self.folder,
            env={**os.environ, **program, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *words: str, **settings: str) -> tuple[int, str]:
        """Run the script; return its exit code and what it printed."""
        return self.end(self.start(*words, **settings))

    def end(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        """Wait for a script; nothing of the key may stand in what it said."""
        out, err = process.communicate(timeout=300)
        secret = self.key.read_text(encoding="utf-8").splitlines()[1]
        assert secret not in out + err
        assert "Traceback" not in err, err
        return process.returncode, out + err

    def publish(self, verb: str = "main", **settings: str) -> tuple[int, str]:
        """Run a verb with the release key at hand."""
        return self.run(verb, QINGDAN_RELEASE_KEY=str(self.key), **settings)

    def releases(self, unit: str = COUNTY) -> list[str]:
        """The releases of a unit, oldest first; readers see the one that `current` names."""
        found = sorted(path.name for path in (self.portal / unit / "releases").iterdir())
        assert (self.portal / unit / "current").readlink().name in found
        return found

    def live(self, path: str) -> str:
        """A page as readers see it."""
        return (self.portal / COUNTY / "current" / path).read_text(encoding="utf-8")

    def file(self, *, good: bool, day: str = "2025-07-20") -> Path:
        """Put a new filing into the repository: the last one with another item in one place, or with a name missing."""
        filings = self.folder / "content" / "counties" / COUNTY / "filings"
        new = filings / f"{day}-next-list"
        shutil.copytree(filings / "2024-07-20-adjusted-list", new)
        said = (new / "filing.toml").read_text(encoding="utf-8").replace("2024-07-20", day)
        said = said.replace("2024-07-05", "2025-07-05").replace("2024〕", "2025〕")
        (new / "filing.toml").write_text(said, encoding="utf-8")
        book = openpyxl.load_workbook(new / BOOK)
        for cell in book.worksheets[0]["B"]:
            if cell.value == NAME:
                cell.value = OTHER if good else None
        book.save(new / BOOK)
        return new

    def accept(self, folder: Path) -> None:
        """Record a filing as its clerk does, and commit what it says."""
        command = [sys.executable, "-m", "generator", "accept", str(folder), "--content"]
        content = str(self.folder / "content")
        subprocess.run([*command, content], check=True, capture_output=True, cwd=ROOT)
        self.commit("recorded")


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose main branch was built and published."""
    home = tmp_path_factory.mktemp("pipeline") / "home"
    repository = Repository(home)
    code, told = repository.publish()
    assert code == 0, told
    assert len(repository.releases()) == 1
    return home


@pytest.fixture
def repository(published_once: Path, tmp_path: Path) -> Repository:
    """A copy of it."""
    home = tmp_path / "home"
    shutil.copytree(published_once, home, symlinks=True)
    copied = Repository.__new__(Repository)
    copied.home, copied.folder, copied.portal = home, home / "repository", home / "portal"
    copied.key = home / "secrets" / "release.pem"
    settings = copied.folder / "content" / "site.toml"
    said = settings.read_text(encoding="utf-8").replace(str(published_once), str(home))
    settings.write_text(said, encoding="utf-8")
    copied.commit("moved")
    return copied


def test_a_good_filing_from_merge_request_to_portal(repository: Repository) -> None:
    """Checked, told what changes, previewed with a band, merged, published: readers see it."""
    repository.git("checkout", "--quiet", "-b", "filing")
    repository.accept(repository.file(good=True))
    code, told = repository.run("merge-request", "main")
    assert code == 0, told
    assert (
        OTHER in (repository.folder / "qingdan-artefacts/230125-2025-07-20-next-list.txt").read_text() + told
    )
    page = repository.folder / "qingdan-artefacts" / "preview" / COUNTY / "zh" / "index.html"
    assert 'content="noindex' in page.read_text(encoding="utf-8")
    assert "预览" in page.read_text(encoding="utf-8")
    assert repository.git("status", "--porcelain") == ""
    assert len(repository.releases()) == 1

    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "filing")
    assert OTHER not in repository.live("zh/230125100/changes.html")
    code, told = repository.publish()
    assert code == 0, told
    assert OTHER in told
    assert OTHER in repository.live("zh/230125100/changes.html")
    assert len(repository.releases()) == 2


@pytest.mark.full
def test_the_same_again_is_no_new_release(repository: Repository) -> None:
    """What readers see already is neither built nor published once more, by either verb."""
    assert repository.publish()[0] == 0  # the copy's settings are at another place
    live = repository.releases()
    code, told = repository.publish()
    assert code == 0, told
    assert "没有重建" in told
    assert repository.releases() == live


def test_a_bad_filing_moves_nothing(repository: Repository) -> None:
    """One empty cell: the clerk's report with the cell, as annotations too, code 1, and neither preview nor release."""
    repository.git("checkout", "--quiet", "-b", "filing")
    repository.file(good=False)
    repository.commit("filed")
    before = repository.releases(), repository.live("zh/index.html")
    code, told = repository.run("merge-request", "main")
    assert code == 1
    assert "B8" in told
    assert re.search(rf"^::error file={FILING}/{BOOK},", told, re.M)
    kept = repository.folder / "qingdan-artefacts"
    assert "B8" in (kept / "230125-2025-07-20-next-list.txt").read_text(encoding="utf-8")
    marked = openpyxl.load_workbook(kept / "230125-2025-07-20-next-list.xlsx")
    assert any(cell.comment for sheet in marked for row in sheet.iter_rows() for cell in row)
    assert not (kept / "preview").exists()
    assert repository.git("status", "--porcelain") == ""

    assert (repository.releases(), repository.live("zh/index.html")) == before


@pytest.mark.full
@pytest.mark.parametrize("verb", ["main", "daily"])
def test_a_bad_filing_on_main_moves_nothing(repository: Repository, verb: str) -> None:
    """Merged past all warnings, it ends the pipeline with its report: nothing recorded, built or published."""
    repository.file(good=False)
    repository.commit("filed")
    before = repository.releases(), repository.live("zh/index.html")
    code, told = repository.publish(verb)
    assert code == 1, told
    assert "B8" in told
    assert (repository.releases(), repository.live("zh/index.html")) == before
    assert repository.git("status", "--porcelain") == ""


@pytest.mark.full
def test_a_filing_must_come_with_its_register(repository: Repository) -> None:
    """Good, but not recorded, or recorded otherwise than the program does: code 7, and what to do."""
    repository.git("checkout", "--quiet", "-b", "filing")
    folder = repository.file(good=True)
    repository.commit("filed")
    code, told = repository.run("merge-request", "main")
    assert code == 7, told
    assert "qingdan accept" in told
    assert repository.git("status", "--porcelain") == ""
    repository.accept(folder)
    items = repository.folder / "content" / "register" / COUNTY / "basic.json"
    items.write_text(items.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    repository.commit("touched")
    assert repository.run("merge-request", "main")[0] == 7


@pytest.mark.full
def test_findings_as_files_for_other_servers(repository: Repository) -> None:
    """JUnit for GitLab and SARIF for others are kept beside the annotated copy."""
    repository.git("checkout", "--quiet", "-b", "filing")
    repository.file(good=False)
    repository.commit("filed")
    kept = repository.folder / "qingdan-artefacts"
    assert repository.run("merge-request", "main", QINGDAN_FINDINGS="junit")[0] == 1
    assert "<failure" in (kept / "230125-2025-07-20-next-list.junit.xml").read_text(encoding="utf-8")
    assert repository.run("merge-request", "main", QINGDAN_FINDINGS="sarif")[0] == 1
    sarif = json.loads((kept / "230125-2025-07-20-next-list.sarif.json").read_text(encoding="utf-8"))
    assert sarif["runs"][0]["results"]


@pytest.mark.full
def test_two_at_once_both_end_right(repository: Repository) -> None:
    """Two pipelines in one folder: one works while the other waits and says so; there is one new release, not two."""
    repository.accept(repository.file(good=True))
    settings = {"QINGDAN_RELEASE_KEY": str(repository.key)}
    both = [repository.start("main", **settings) for _ in range(2)]
    ended = [repository.end(process) for process in both]
    assert [code for code, _ in ended] == [0, 0], ended
    assert len(repository.releases()) == 2
    assert OTHER in repository.live("zh/230125100/changes.html")


@pytest.mark.full
def test_who_does_not_want_to_wait_is_told(repository: Repository) -> None:
    """With no patience at all a held lock ends with 5, and nothing has moved."""
    from generator.durable import locked

    before = repository.releases()
    with locked(repository.folder / ".site.update.lock"):
        code, told = repository.publish(QINGDAN_WAIT="0")
    assert code == 5
    assert "另一个" in told
    assert repository.releases() == before


@pytest.mark.full
def test_a_list_with_a_future_date_comes_by_itself(tmp_path: Path) -> None:
    """The daily run of the day before and of the day itself: the same repository, another page on the portal."""
    repository = Repository(tmp_path / "home")
    repository.accept(repository.file(good=True, day="2025-07-20"))
    if shutil.which("faketime") is None:
        pytest.skip("not run: faketime is not installed")

    def program_on(day: str) -> str:
        wrapper = tmp_path / f"on-{day}.sh"
        command = f'exec faketime -f "@{day} 10:00:00" {sys.executable} -m generator "$@"'
        wrapper.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        return f"sh {wrapper}"

    code, told = repository.publish("daily", QINGDAN=program_on("2025-07-19"))
    assert code == 0, told
    assert OTHER not in repository.live("zh/230125100/changes.html")
    code, told = repository.publish("daily", QINGDAN=program_on("2025-07-20"))
    assert code == 0, told
    assert "生效" in told
    assert OTHER in repository.live("zh/230125100/changes.html")


@pytest.mark.full
def test_an_unrecorded_filing_on_main_is_refused(repository: Repository) -> None:
    """A good filing that came to main without its register: code 7, nothing recorded, nothing moves."""
    repository.file(good=True)
    repository.commit("filed, not recorded")
    before = repository.releases()
    code, told = repository.publish()
    assert code == 7, told
    assert "2025-07-20-next-list" in told
    assert repository.releases() == before
    assert repository.git("status", "--porcelain") == ""


@pytest.mark.full
def test_a_register_that_was_edited_is_refused(repository: Repository) -> None:
    """A register that says otherwise than the originals ends main before anything is built."""
    path = repository.folder / "content" / "register" / COUNTY / "basic.json"
    path.write_text(path.read_text(encoding="utf-8").replace(NAME, OTHER), encoding="utf-8")
    repository.commit("edited")
    before = repository.releases()
    assert repository.publish()[0] in {3, 7}
    assert repository.releases() == before


@pytest.mark.full
def test_without_keys_it_says_what_it_leaves_out(repository: Repository) -> None:
    """Without the release key and the kiosks' keys the site is built and nothing else, and that is said."""
    before = repository.releases()
    code, told = repository.run("daily")
    assert code == 0, told
    assert "QINGDAN_RELEASE_KEY" in told
    assert "跳过" in told
    assert repository.releases() == before


@pytest.mark.full
def test_kiosks_get_what_the_portal_gets(repository: Repository) -> None:
    """With keys at hand the county's update repository gets a release; without the targets key it is renewed only."""
    keys, home = repository.home / "secrets", repository.home / "kiosks" / COUNTY
    publics = {name: signing.make_key(keys / f"{name}.pem") for name in ("r1", "r2", "r3", *ROLES)}
    draft = repository.home / "root.json"
    words = [word for name in ("r1", "r2", "r3") for word in ("--root", publics[name])]
    words += [word for role in ROLES for word in (f"--{role}", publics[role])]
    _qingdan("keys", "draft", draft, *words)
    for name in ("r1", "r2"):
        _qingdan("keys", "sign", draft, "--key", keys / f"{name}.pem")
    _qingdan("keys", "install", draft, "--repo", home)
    settings = {"QINGDAN_KIOSK_KEYS": str(keys), "QINGDAN_KIOSK_REPO": str(home.parent)}
    code, told = repository.publish(**settings)
    assert code == 0, told
    stamp = (home / "metadata" / "timestamp.json").read_bytes()
    assert list((home / "targets").glob("*.release.json"))
    (keys / "targets.pem").rename(keys / "away.pem")
    code, told = repository.publish("daily", **settings)
    assert code == 0, told
    assert "只续签" in told
    assert (home / "metadata" / "timestamp.json").read_bytes() != stamp


ROLES = ("targets", "snapshot", "timestamp")


def _qingdan(*words: str | Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "generator", *map(str, words)], check=True, cwd=ROOT, capture_output=True
    )


def test_wrong_usage_shows_the_verbs(tmp_path: Path) -> None:
    """Without a verb the script says which there are."""
    run = subprocess.run(["sh", SCRIPT], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 2
    for verb in ("merge-request", "main", "daily"):
        assert verb in run.stderr


LOCKS = ("requirements-delivery.lock", "deploy/kiosk/requirements.lock")
PIPELINES = ("gitlab-ci.yml", "forgejo.yml", "github.yml")


@pytest.mark.parametrize("name", PIPELINES)
def test_every_platform_runs_the_one_script(name: str) -> None:
    """Each pipeline file parses, calls the three verbs, audits the lock files on a schedule, and holds no secret."""
    from mkdocs.utils.yaml import yaml_load

    text = (CI / name).read_text(encoding="utf-8")
    jobs = yaml_load(text)
    assert isinstance(jobs, dict)
    for verb in ("merge-request", "main", "daily"):
        assert re.search(rf"qingdan-ci\.sh {verb}\b", text), verb
    assert "schedule" in text
    assert not re.search(r"BEGIN|ed25519:[A-Za-z0-9]", text)


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_installs_by_hash_and_audits_strictly(name: str) -> None:
    """Nothing comes from an index unnamed; a package of which nothing could be found out is no pass."""
    text = (CI / name).read_text(encoding="utf-8")
    installs = re.findall(r"pip install (.+?)(?: &&|$)", text, re.M)
    assert installs
    for words in installs:
        assert words == "--no-deps --no-build-isolation -e ." or words.startswith("--require-hashes -r ")
    audits = re.findall(r"pip-audit (.+)$", text, re.M)
    for words in audits:
        assert words.startswith("--strict --require-hashes --disable-pip -r ")
    assert [words.split()[-1] for words in audits] == list(LOCKS)
    for lock in {words.split()[-1] for words in (*installs, *audits) if "-r " in words}:
        assert (ROOT / lock).is_file(), lock


def test_settings_of_the_script_are_documented() -> None:
    """Every environment variable that the script reads stands in the guide, and the guide names no other."""
    script, guide = SCRIPT.read_text(encoding="utf-8"), (CI / "README.md").read_text(encoding="utf-8")
    read = set(re.findall(r"\$\{(QINGDAN[A-Z_]*)", script)) | {"QINGDAN_RELEASE_KEY", "QINGDAN_KIOSK_KEYS"}
    assert read <= set(re.findall(r"`(QINGDAN[A-Z_]*)`", guide))
    passed_on = {"QINGDAN_RELEASE_PASSPHRASE"}
    assert set(re.findall(r"`(QINGDAN[A-Z_]*)`", guide)) <= read | passed_on


def test_the_script_is_plain_shell() -> None:
    """Any POSIX shell takes it, and no command of it shows what it runs."""
    assert subprocess.run(["sh", "-n", SCRIPT], check=False).returncode == 0
    text = SCRIPT.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert "set -eu" in text
    assert not re.search(r"set -[a-z]*x|\[\[|\bfunction\b|<\(", text)


def test_the_locked_tools_are_python_ones() -> None:
    """The pipelines need nothing but git, a shell and the Python that the program asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    least = project["project"]["requires-python"].removeprefix(">=")
    for name in PIPELINES:
        versions = re.findall(
            r"python(?:-version)?: ?[\"']?(\d\.\d+)", (CI / name).read_text(encoding="utf-8")
        )
        assert versions, name
        for version in versions:
            assert tuple(map(int, version.split("."))) >= tuple(map(int, least.split("."))), name
