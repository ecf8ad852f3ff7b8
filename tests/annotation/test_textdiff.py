from hypothesis import given
from hypothesis import strategies as st

from annotation.textdiff import Line, compare

texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map("\n".join)


def test_same_text_has_no_changes_whatever_its_line_ends():
    assert compare("a\r\nb  \r\n", "a\nb") == []


def test_added_and_removed_lines_stand_in_their_places():
    assert compare("a\nb\nc", "a\nx\nc") == [
        Line("same", "a"), Line("removed", "b"), Line("added", "x"), Line("same", "c")
    ]  # fmt: skip


def test_lines_far_from_any_change_are_counted_not_shown():
    before = "\n".join("0123456789")

    lines = compare(before, before + "\nnew")

    # Ten unchanged lines, two of them beside the change: eight are left out.
    assert lines == [
        Line("gap", n_left_out=8), Line("same", "8"), Line("same", "9"), Line("added", "new")
    ]  # fmt: skip


def test_first_text_is_all_new():
    assert compare("", "a\nb") == [Line("added", "a"), Line("added", "b")]


@given(before=texts, after=texts)
def test_changes_lead_from_one_text_to_the_other(before, after):
    lines = compare(before, after)

    left = [line.text for line in lines if line.kind in ("same", "removed")]
    right = [line.text for line in lines if line.kind in ("same", "added")]
    n_hidden = sum(line.n_left_out for line in lines)
    if lines:
        assert len(left) + n_hidden == len(before.strip().splitlines())
        assert len(right) + n_hidden == len(after.strip().splitlines())
