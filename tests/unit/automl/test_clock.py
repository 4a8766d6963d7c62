from automl.clock import Clock


def test_a_share_of_no_seconds_is_over_at_once_and_without_an_end_never() -> None:
    assert Clock(0.0).by(0.5)()
    assert not Clock(60.0).by(0.5)()
    assert not Clock(None).by(0.0)()
