"""Object storage, on an emulation that remembers the order of everything and fails when told to."""

from __future__ import annotations

import builtins
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import LockedError, PublishError, UsageError
from generator.model.targets import BucketTarget
from generator.release import Built, Target, intended, open_target, publish, roll_back
from tests.fake_s3 import BUCKET, Storage, fake_s3
from tests.release_site import UNIT, edition, office, publish_edition, silent
from tests.web_site import assets_of

PREFIX = f"sites/qingdan/{UNIT}"
POINTER = f"{PREFIX}/current.json"


@pytest.fixture(scope="module")
def running() -> Iterator[Storage]:
    """One storage for all tests, and credentials where every S3 program looks for them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "example"),
            ("AWS_SECRET_ACCESS_KEY", "example"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/nonexistent"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"),
        ):
            patch.setenv(name, value)
        with fake_s3() as storage:
            yield storage


@pytest.fixture
def storage(running: Storage) -> Storage:
    """The storage, empty and well."""
    running.reset()
    return running


@pytest.fixture(scope="module")
def target(running: Storage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The open bucket; opening loads the whole description of S3, so once is enough."""
    with open_target(settings(running), tmp_path_factory.mktemp("base")) as opened:
        yield opened


def settings(storage: Storage) -> BucketTarget:
    """The target as `site.toml` would say it."""
    return BucketTarget(
        name="bucket",
        bucket=BUCKET,
        prefix="sites/qingdan",
        endpoint=f"http://127.0.0.1:{storage.port}",
        region="cn-north-1",
        address=None,
        units=(),
        require_atomic=True,
    )


def live(storage: Storage) -> str:
    """The id that the pointer says."""
    return str(json.loads(storage.objects[POINTER])["release"])


def shows(storage: Storage, built: Built) -> bool:
    """Whether the live release has every file of this edition."""
    start = f"{PREFIX}/releases/{live(storage)}/"
    return all(
        storage.objects.get(start + entry.path) == (built.folder / entry.path).read_bytes()
        for entry in built.manifest.files
    )


def test_what_a_page_names_is_there_before_the_page_and_the_pointer_comes_last(
    storage: Storage, target: Target, tmp_path: Path
) -> None:
    """At the moment a page is put every asset it names exists; only when everything is whole the pointer moves."""
    pages: list[str] = []

    def look(key: str, body: bytes) -> None:
        if key.endswith(".html"):
            pages.append(key)
            for name in assets_of(body):
                folder = key.rpartition("/")[0] if name.startswith("assets/") else key.rpartition("/zh/")[0]
                assert f"{folder}/{name.removeprefix('../')}" in storage.objects, (key, name)
        if key == POINTER:
            assert f"{PREFIX}/releases/{json.loads(body)['release']}.sealed" in storage.objects

    storage.on_put = look
    for number in (1, 2):
        storage.done.clear()
        built = edition(tmp_path, number)
        assert publish_edition(target, built, number).id == live(storage)
        assert shows(storage, built)
        changed = [key for verb, key in storage.done if verb in ("put", "copy")]
        assert changed[-2:] == [POINTER, f"{PREFIX}/ledger.jsonl"]
        inner = [key for key in changed if "/releases/" in key and not key.endswith(".sealed")]
        first_page = next(place for place, key in enumerate(inner) if key.endswith(".html"))
        assert all("/assets/" not in key for key in inner[first_page:])
        assert inner[-1].rpartition("/")[0].endswith("/release")
    assert len(pages) == 2 * 12


def test_unchanged_files_are_copied_over_there(storage: Storage, target: Target, tmp_path: Path) -> None:
    """Only what changed travels."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2)
    publish_edition(target, first, 1)
    storage.done.clear()
    name = publish_edition(target, second, 2).id
    sent = {
        key.partition(f"{name}/")[2] for verb, key in storage.done if verb == "put" and f"/{name}/" in key
    }
    changed = {entry.path for entry in second.manifest.files if entry not in first.manifest.files}
    assert {path.removesuffix(".gz") for path in sent if not path.startswith("release/")} == changed
    copied = [key for verb, key in storage.done if verb == "copy"]
    assert any(key.endswith("data/same.csv") for key in copied)


def test_objects_say_what_a_web_server_would_say(storage: Storage, target: Target, tmp_path: Path) -> None:
    """Type, caching and downloads are those of the sample web servers; nothing newer than MD5-era checksums is asked for."""
    name = publish_edition(target, edition(tmp_path, 1), 1).id
    said = {key.partition(f"{name}/")[2]: headers for key, headers in storage.headers.items()}
    assert said["index.html"]["content-type"] == "text/html; charset=utf-8"
    assert said["index.html"]["cache-control"] == "no-cache"
    style = next(path for path in said if path.startswith("assets/") and path.endswith(".css"))
    assert "immutable" in said[style]["cache-control"]
    assert said["data/list.csv"]["content-disposition"] == "attachment"
    assert not [
        h for headers in storage.headers.values() for h in headers if "checksum" in h or "trailer" in h
    ]


def test_a_roll_back_moves_the_pointer_to_the_old_pages(
    storage: Storage, target: Target, tmp_path: Path
) -> None:
    """Going back is a release of its own whose pages are copies of the old ones."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2)
    publish_edition(target, first, 1)
    publish_edition(target, second, 2)
    unit = target.unit(UNIT)
    roll_back(unit, unit.pointer(), None, office(3), silent)
    assert len(unit.releases()) == 3
    assert unit.read_live("index.html") == (first.folder / "index.html").read_bytes()
    assert shows(storage, first)


def test_long_listings_are_read_to_their_end(storage: Storage, target: Target, tmp_path: Path) -> None:
    """A storage gives names page by page."""
    storage.page = 3
    built = edition(tmp_path, 1)
    publish_edition(target, built, 1)
    publish_edition(target, edition(tmp_path, 2), 2)
    assert shows(storage, edition(tmp_path, 2))


@pytest.mark.parametrize("told", [500, 503, "reset", "lost"])
def test_a_busy_or_cut_storage_is_asked_again(
    storage: Storage, target: Target, tmp_path: Path, told: int | str
) -> None:
    """An object, a copy and the pointer itself fail once each; the run finishes all the same."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2)
    publish_edition(target, first, 1)
    failed: set[str] = set()

    def once(verb: str, key: str) -> int | str | None:
        if (
            verb == "get"
            or not key.endswith(("zh/page-002.html", "same.csv", "current.json"))
            or key in failed
        ):
            return None
        failed.add(key)
        return told

    storage.fault = once
    publish_edition(target, second, 2)
    assert len(failed) == 3
    assert shows(storage, second)


def test_a_storage_that_stays_away_leaves_the_old_release(
    storage: Storage, target: Target, tmp_path: Path
) -> None:
    """Refused for good: exit code 4, the old release stays live, and the next run finishes and clears away."""
    first, second = edition(tmp_path, 1), edition(tmp_path, 2)
    publish_edition(target, first, 1)
    storage.fault = lambda verb, key: 403 if verb == "put" and key.endswith("index.html") else None
    with pytest.raises(PublishError, match="AccessDenied") as caught:
        publish_edition(target, second, 2)
    assert caught.value.exit_code == 4
    assert shows(storage, first)
    storage.fault = lambda _verb, _key: None
    publish_edition(target, second, 3)
    assert shows(storage, second)
    publish_edition(target, edition(tmp_path, 3), 4)
    prefixes = {key.split("/")[4] for key in storage.objects if "/releases/" in key and key.endswith(".html")}
    assert "20260101T000200Z-0002" not in prefixes  # what the cut run had staged


def test_of_two_publishers_one_is_told_that_it_lost(storage: Storage, target: Target, tmp_path: Path) -> None:
    """Another machine moves the pointer right before ours: 412, exit code 5, and theirs stays live."""
    publish_edition(target, edition(tmp_path, 1), 1)
    theirs = json.dumps({"release": "20260101T000159Z-0002"}).encode()

    def overtaken(verb: str, key: str) -> int | str | None:
        if verb == "put" and key == POINTER:
            storage.objects[POINTER] = theirs
        return None

    storage.fault = overtaken
    with pytest.raises(LockedError, match="meanwhile") as caught:
        publish_edition(target, edition(tmp_path, 2), 2)
    assert caught.value.exit_code == 5
    assert storage.objects[POINTER] == theirs


def test_a_conflict_at_the_very_moment_is_looked_at_again(
    storage: Storage, target: Target, tmp_path: Path
) -> None:
    """409 says that two puts met; the pointer is read again and put again, as nothing else was live."""
    met: list[str] = []

    def meet(verb: str, key: str) -> int | str | None:
        if verb == "put" and key == POINTER and not met:
            met.append(key)
            return 409
        return None

    storage.fault = meet
    built = edition(tmp_path, 1)
    publish_edition(target, built, 1)
    assert met
    assert shows(storage, built)


def test_a_storage_without_conditions_is_found_out_and_said(
    storage: Storage, target: Target, tmp_path: Path
) -> None:
    """Conditions that are overlooked protect nobody: the pointer is compared before, and whoever publishes is told."""
    storage.conditions = False
    built = edition(tmp_path, 1)
    publish_edition(target, built, 1)
    assert any("ignores conditions" in note.en for note in target.notes)
    assert any("current.json" in note.zh for note in target.notes)
    assert shows(storage, built)


@pytest.mark.parametrize("apart", [1, 0], ids=["some-minutes-apart", "in-the-same-second"])
def test_of_several_at_once_exactly_one_wins(
    apart: int, storage: Storage, target: Target, tmp_path: Path
) -> None:
    """All have seen the same live release; one becomes the next, whole, and the others are told, even under one id."""
    first = edition(tmp_path, 1, pages=2)
    publish_edition(target, first, 1)
    built = [edition(tmp_path, number, pages=2) for number in range(2, 6)]
    outcomes: list[str] = []
    ready = threading.Barrier(len(built))

    def one(number: int) -> None:
        unit = target.unit(UNIT)
        seen = unit.pointer()
        ready.wait()
        try:
            publish(unit, seen, built[number], office(2 + apart * number, f"machine-{number}"), 1000, silent)
        except LockedError:
            outcomes.append("lost")
        except PublishError as error:
            outcomes.append(str(error))
        else:
            outcomes.append("won")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(built))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost"] * (len(built) - 1) + ["won"]
    assert sum(shows(storage, one) for one in built) == 1


def test_looking_changes_nothing(storage: Storage, target: Target, tmp_path: Path) -> None:
    """A dry run reads and puts nothing."""
    travel = intended(target.unit(UNIT), edition(tmp_path, 1), office(1), silent).travel
    assert travel is not None
    assert travel.sent
    assert storage.done == []


def test_a_pointer_of_somebody_else_is_not_followed(storage: Storage, target: Target, tmp_path: Path) -> None:
    """A pointer that we cannot have written stops the run."""
    storage.objects[POINTER] = b'{"release":"../../other"}'
    with pytest.raises(PublishError, match="not written by this program"):
        publish_edition(target, edition(tmp_path, 1), 1)


def test_without_credentials_or_storage_it_says_so(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No credentials: nothing is guessed, and the message says where they belong."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(PublishError, match="credentials"), open_target(settings(storage), tmp_path):
        pass


def test_without_the_extra_it_says_what_to_install(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where s3fs is not installed, the command says how to install it."""
    real = builtins.__import__

    def refusing(name: str, *args: object) -> object:
        if name == "s3fs":
            raise ModuleNotFoundError(name=name)
        return real(name, *args)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(UsageError) as caught, open_target(settings(storage), tmp_path):
        pass
    assert caught.value.fix is not None
    assert "--require-hashes" in caught.value.fix.zh


def test_reading_back_takes_no_more_than_was_listed(storage: Storage, target: Target, tmp_path: Path) -> None:
    """An object that grew since it was listed is a change; its gigabytes are not read, nor held in memory."""
    publish_edition(target, edition(tmp_path, 1), 1)
    key = f"{PREFIX}/releases/{live(storage)}/data/list.csv"
    size = len(storage.objects[key])
    storage.objects[key] += b"x" * 5_000_000
    bucket = target.unit(UNIT)._bucket  # type: ignore[attr-defined]
    entry = bucket.run(lambda: bucket.entry(key, "data/list.csv", size))
    assert (entry.path, entry.size) == ("data/list.csv", size + 1)
