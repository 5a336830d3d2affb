"""The order of a run keeps every test, and each process begins with the folders that are named for it."""

from pathlib import Path

from local.setup.work_commands import TEST_PROCESSES
from tests.run_order import FIRST, in_order


def test_each_process_begins_with_the_folders_that_are_named_for_it() -> None:
    named = [name for folders in FIRST for name in folders]
    tests = [
        (folder, (folder, number))
        for folder in ("any", *named, "other")
        for number in range(20 if folder in named else 900)
    ]
    ordered = in_order(tests)
    assert sorted(ordered) == sorted(test for _, test in tests)
    share = len(tests) // TEST_PROCESSES
    assert [ordered[share * number][0] for number in range(TEST_PROCESSES)] == [folders[0] for folders in FIRST]


def test_a_choice_of_tests_is_kept_whole() -> None:
    assert in_order([("portal", 1), ("rules", 2), ("backup", 3)]) in ([1, 2, 3], [1, 3, 2])


def test_every_folder_that_is_named_is_there() -> None:
    for folders in FIRST:
        assert all((Path(__file__).parent / name).is_dir() for name in folders)
