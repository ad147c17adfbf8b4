# SPDX-License-Identifier: Apache-2.0
"""Measuring in turns: a machine's mood changes from second to second, so what is compared is measured round by round, one
after the other, and ratios are taken within a round."""

import dataclasses
import statistics


@dataclasses.dataclass
class Figure:
    """What one measurement gave; a rate is per second, times are in milliseconds."""

    rate: float
    p50_ms: float = None
    p99_ms: float = None
    longest_ms: float = None


class Turns:
    """The figures of all subjects, by name, in the order of the rounds."""

    def __init__(self, subjects, rounds):
        """`subjects`: by name, a function from the number of the round to a Figure."""
        self.figures = {name: [] for name in subjects}
        for number in range(1, rounds + 1):
            for name, measure in subjects.items():
                self.figures[name].append(measure(number))

    def median(self, name, member="rate"):
        return statistics.median(getattr(figure, member) for figure in self.figures[name])

    def ratio(self, name, base, weight=1):
        """How often `base` fits into `name`, whose unit counts `weight` of the base's; None without one of them."""
        if name not in self.figures or base not in self.figures:
            return None
        pairs = zip(self.figures[name], self.figures[base])
        return statistics.median(weight * mine.rate / its.rate for mine, its in pairs)
