"""Phi and tau squared, held against statsmodels, scipy and the published formula written out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats
from scipy.stats import norm
from statsmodels.stats.meta_analysis import combine_effects

from bench.judge.variance import calibrated, centre, moments, normal_share, winsorised


def councils(n=150, tau=1.5, seed=3):
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.3, 3.0, n)
    return 20 + tau * rng.standard_normal(n) + chance * rng.standard_normal(n), chance


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.25])
def test_winsorising_draws_the_ends_in_to_the_centiles(share):
    z, _ = councils()
    low, high = np.quantile(z, [share, 1 - share])
    assert winsorised(z, share) == pytest.approx(np.clip(z, low, high), rel=1e-12)


def test_winsorising_by_hand():
    z = np.array([-9.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 99.0])
    assert winsorised(z, 0.1).tolist() == [-1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 7]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.2])
def test_what_winsorising_leaves_of_a_normal_by_integration(share):
    end = norm.ppf(1 - share) if share else 12.0
    inside, _ = integrate.quad(lambda z: z**2 * norm.pdf(z), -end, end, epsabs=1e-13)
    left = inside + (2 * share * end**2 if share else 0.0)
    assert normal_share(share) == pytest.approx(left, abs=1e-9)


def test_moments_are_the_published_formula():
    places, chance = councils()
    target, n = 20.4, len(places)
    z = (places - target) / chance
    low, high = np.percentile(z, [10, 90])
    phi = np.mean(np.where(z < low, low, np.where(z > high, high, z)) ** 2)
    w = 1 / chance**2
    found = moments(places, chance, target=target, share=0.1)
    assert found.phi == pytest.approx(phi, rel=1e-12)
    assert found.tau2 == pytest.approx(
        (n * phi - (n - 1)) / (w.sum() - (w**2).sum() / w.sum()), rel=1e-9
    )


def test_without_winsorising_moments_are_those_of_dersimonian_and_laird():
    places, chance = councils()
    theirs = combine_effects(places, chance**2, method_re="chi2")
    ours = moments(places, chance, target=centre(places, chance, 0.0), share=0.0)
    assert ours.tau2 == pytest.approx(theirs.tau2, rel=1e-9)


def test_without_winsorising_calibrated_is_paule_and_mandel():
    places, chance = councils()
    theirs = combine_effects(places, chance**2, method_re="iterated", atol=1e-9, maxiter=500)
    ours = calibrated(places, chance, share=0.0)
    assert ours.tau2 == pytest.approx(theirs.tau2, rel=1e-9)
    assert centre(places, chance, ours.tau2) == pytest.approx(theirs.mean_effect_re, rel=1e-9)


@pytest.mark.parametrize("target", [None, 19.0])
def test_calibrated_solves_its_equation(target):
    places, chance = councils()

    def excess(tau2):
        variance = chance**2 + tau2
        middle = np.average(places, weights=1 / variance) if target is None else target
        z = (places - middle) / np.sqrt(variance)
        low, high = np.quantile(z, [0.1, 0.9])
        return np.mean(np.clip(z, low, high) ** 2) - normal_share(0.1) * (1 - 1 / len(z))

    root = optimize.brentq(excess, 1e-9, 400.0, xtol=1e-14, rtol=1e-14)
    assert calibrated(places, chance, share=0.1, target=target).tau2 == pytest.approx(
        root, rel=1e-9
    )


@pytest.mark.parametrize("way", [moments, calibrated])
@pytest.mark.parametrize(
    ("what", "places"),
    [("all equal", np.full(40, 7.0)), ("closer than chance", 7 + 0.01 * np.arange(40.0) / 40)],
)
def test_tau_only_where_phi_calls_for_it(way, what, places):
    assert way(places, np.ones(40), target=7.0, share=0.1).tau2 == 0.0, what


def test_calibrated_finds_what_was_put_in_and_outliers_do_not_stretch_it():
    places, chance = councils(n=20_000, tau=1.5)
    assert calibrated(places, chance, share=0.1).tau2 == pytest.approx(1.5**2, rel=0.05)
    far = places.copy()
    far[::50] += 40.0  # 2% of councils are altogether elsewhere
    robust = calibrated(far, chance, share=0.1, target=20.0).tau2
    plain = calibrated(far, chance, share=0.0, target=20.0).tau2
    assert robust == pytest.approx(1.5**2, rel=0.15)
    assert plain > 10 * robust


def test_calibrated_leaves_one_in_twenty_ordinary_councils_outside():
    places, chance = councils(n=20_000, tau=1.5, seed=11)
    outside = {}
    for way in (moments, calibrated):
        tau2 = way(places, chance, target=20.0, share=0.1).tau2
        z = (places - 20.0) / np.sqrt(chance**2 + tau2)
        outside[way.__name__] = np.mean(np.abs(z) > stats.norm.ppf(0.975))
    assert outside["calibrated"] == pytest.approx(0.05, abs=0.01)
    assert outside["moments"] > 0.09  # the published formula draws its limits too close


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=4, max_size=40))
def test_tau_is_never_negative_and_shifting_all_changes_nothing(pairs):
    places, chance = (np.array(column) for column in zip(*pairs, strict=True))
    found = calibrated(places, chance, share=0.1).tau2
    moved = calibrated(places + 1_000.0, chance, share=0.1).tau2
    mirrored = calibrated(-places, chance, share=0.1).tau2
    assert found >= 0
    assert mirrored == pytest.approx(found, rel=1e-6, abs=1e-9)
    assert moved == pytest.approx(found, rel=1e-3, abs=1e-6)
