"""A file is seen whole or not at all."""

import pytest

from jaxgan.files import written_whole


def test_the_old_file_is_there_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with written_whole(path) as temporary:
        assert temporary == tmp_path / "file.new"
        temporary.write_text("ne")
        assert path.read_text() == "old"
        temporary.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")

    def write_half():
        with written_whole(path, ".mine") as temporary:
            temporary.write_text("ne")
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
