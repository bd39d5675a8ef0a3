"""The regularised incomplete gamma function of whole arrays, with numpy alone."""

import math

import numpy as np

_log_gamma = np.frompyfunc(math.lgamma, 1, 1)
_erfc = np.frompyfunc(math.erfc, 1, 1)

# Temme's uniform expansion: row k holds the coefficients, by powers of eta, of the term in shape ** -k.
_TEMME = (
    (
        -1 / 3,
        1 / 12,
        -2 / 135,
        1.1574074074074074e-03,
        3.527336860670194e-04,
        -1.7875514403292181e-04,
        3.9192631785224378e-05,
        -2.1854485106799922e-06,
        -1.8540622107151600e-06,
        8.2967113409530860e-07,
        -1.7665952736826079e-07,
    ),
    (
        -1 / 540,
        -3.4722222222222222e-03,
        2.6455026455026455e-03,
        -9.9022633744855967e-04,
        2.0576131687242798e-04,
        -4.0187757201646091e-07,
        -1.8098550334489978e-05,
        7.6491609160811101e-06,
    ),
    (
        4.1335978835978836e-03,
        -2.6813271604938272e-03,
        7.7160493827160494e-04,
        2.0093878600823045e-06,
        -1.0736653226365161e-04,
    ),
)
_LARGE_SHAPE = 100.0
_NEAR = 0.4
_PRECISION = 1e-13
_MOST_TERMS = 2000


def log_gamma(shape):
    """Return the logarithm of the gamma function."""
    return np.asarray(_log_gamma(shape), dtype=float)


def erfc(x):
    """Return the complementary error function."""
    return np.asarray(_erfc(x), dtype=float)


def upper(shape, x):
    """Return Q(shape, x) and ``x ** shape * exp(-x) / gamma(shape + 1)``, which is Q(shape + 1, x) - Q(shape, x).

    :param shape: above 0
    :param x: at or above 0
    """
    shape, x = np.broadcast_arrays(np.asarray(shape, float), np.asarray(x, float))
    large = (shape >= _LARGE_SHAPE) & (np.abs(x - shape) < _NEAR * shape)
    low = ~large & (x < shape + 1)
    high = ~large & ~low
    tail, step = np.empty(x.shape), np.empty(x.shape)
    tail[large], step[large] = _expand(shape[large], x[large])
    step[~large] = _get_step(shape[~large], x[~large])
    tail[low] = 1 - step[low] * _sum_series(shape[low], x[low])
    tail[high] = step[high] * shape[high] * _continue_fraction(shape[high], x[high])
    return np.clip(tail, 0, 1), step


def _get_step(shape, x):
    with np.errstate(divide="ignore"):
        return np.exp(shape * np.log(x) - x - log_gamma(shape + 1))


def _sum_series(shape, x):
    """Return the sum of ``x ** n / ((shape + 1) ... (shape + n))``."""
    total, term, below = np.ones(x.shape), np.ones(x.shape), shape.copy()
    for number in range(_MOST_TERMS):
        below += 1
        term *= x / below
        total += term
        if number % 8 == 7 and not (term > _PRECISION * total).any():
            break
    return total


def _continue_fraction(shape, x):
    """Return Legendre's continued fraction for the upper part, by Lentz's method."""
    odd = x + 1 - shape
    above = np.full(x.shape, 1e300)
    below = 1 / odd
    total = below.copy()
    for number in range(1, _MOST_TERMS):
        factor = number * (shape - number)
        odd = odd + 2
        below = 1 / (factor * below + odd)
        above = odd + factor / above
        change = below * above
        total *= change
        if number % 8 == 0 and not (np.abs(change - 1) > _PRECISION).any():
            break
    return total


def _expand(shape, x):
    """Return the tail and the step by Temme's expansion, for a large shape and x near it."""
    off = x / shape - 1
    half_square = np.maximum(off - np.log1p(off), 0)
    eta = np.copysign(np.sqrt(2 * half_square), off)
    density = np.exp(-shape * half_square) / np.sqrt(2 * np.pi * shape)
    series = sum(np.polynomial.polynomial.polyval(eta, row) / shape**k for k, row in enumerate(_TEMME))
    tail = 0.5 * erfc(eta * np.sqrt(shape / 2)) + density * series
    return tail, density / (1 + 1 / (12 * shape) + 1 / (288 * shape**2))
