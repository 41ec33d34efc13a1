"""Asks our emulator and Cloudflare's own local R2 the same, and compares what they answer.

First the questions that somebody thought of, then as many as wanted that a seeded generator makes.
Everything of an answer has to be equal, but for what `compare.py` calls volatile and what a row of
`reasons.py` explains. Prints `ok NAME` or `not ok NAME: why`, one line a question or a family.

`differential.py [--seed N] [--requests N]`, with OURS_ and ORACLE_ ENDPOINT, KEY_ID and SECRET in
the environment.
"""

import argparse
import collections
import urllib.parse

import questions
import reasons
from compare import differences, gist
from grammar import KEYS, Grammar
from wire import Question, Server

DEFAULT_SEED, DEFAULT_REQUESTS = 1, 3000
SHOWN = 12
"""Differences of the generated requests that are printed in full."""


class Pair:
    """The two servers, and which rows of the table were needed."""

    def __init__(self):
        self.ours, self.theirs = Server("OURS_"), Server("ORACLE_")
        self.needed = collections.Counter()

    def ask(self, question):
        """What differs and is not explained, and whether anything differs at all."""
        ours, theirs = gist(self.ours.ask(question)), gist(self.theirs.ask(question))
        for name in reasons.OURS_ALONE:
            self.needed[name] += ours.pop(name, None) is not None
        for name in reasons.THEIRS_ALONE:
            self.needed[name] += theirs.pop(name, None) is not None
        found = differences(ours, theirs)
        if not found:
            return {}, False
        row = reasons.reason(question, ours, theirs)
        if row is None:
            return found, True
        self.needed[row] += 1
        return {}, True

    def heal(self, question):
        """Makes both hold the same again after a write that they took differently."""
        if question.method not in ("PUT", "POST", "DELETE"):
            return
        keys = [question.key] if question.key else [urllib.parse.quote(key, safe="-_.~/")
                                                    for key in KEYS]
        for key in keys:
            for server in (self.ours, self.theirs):
                server.ask(Question("PUT", key, body=b"healed"))


def by_hand(pair):
    for group in questions.GROUPS:
        for name, *asked in group():
            try:
                why = ""
                for at, question in enumerate(asked):
                    found, differs = pair.ask(question)
                    if differs:
                        pair.heal(question)
                    if found and not why:
                        why = f"question {at + 1}: {said(found)}"
                print(f"not ok {name}: {why}" if why else f"ok {name}", flush=True)
            except Exception as error:  # the other questions are still to be asked
                print(f"not ok {name}: {type(error).__name__}: {error}", flush=True)


def generated(pair, seed, requests):
    grammar = Grammar(seed)
    asked, wrong = collections.Counter(), 0
    begun = [[question] for question in grammar.preparations()]
    for sequence in (*begun, *grammar.sequences(requests)):
        for question in sequence:
            found, differs = pair.ask(question)
            asked[question.family] += 1
            if found:
                wrong += 1
                if wrong <= SHOWN:
                    which = f"seed {seed}, request {sum(asked.values())}"
                    print(f"not ok generated {question.family}, {which}: {question.shown()}: "
                          f"{said(found)}", flush=True)
            if differs:
                # What follows would differ because this did.
                pair.heal(question)
                break
    for family, count in sorted(asked.items()):
        print(f"ok generated: {family}, {count} requests")
    if wrong > SHOWN:
        print(f"not ok generated, seed {seed}: {wrong} differences, {SHOWN} of them above")


def said(found):
    text = "; ".join(f"{name}: ours {ours!r}, R2's {theirs!r}"
                     for name, (ours, theirs) in found.items())
    return text[:900].replace("\n", " ")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=DEFAULT_SEED)
    options.add_argument("--requests", type=int, default=DEFAULT_REQUESTS)
    options = options.parse_args()
    pair = Pair()
    for server in (pair.ours, pair.theirs):
        server.ask(Question("PUT", bucket="other"))
        server.empty("test")
    by_hand(pair)
    generated(pair, options.seed, options.requests)
    rows = [*reasons.OURS_ALONE, *reasons.THEIRS_ALONE, *(row[0] for row in reasons.REASONS)]
    unused = [row for row in rows if not pair.needed[row]]
    if (options.seed, options.requests) != (DEFAULT_SEED, DEFAULT_REQUESTS):
        print(f"ok rows that this run did not need: {', '.join(unused) or 'none'}")
        return
    for row in rows:
        name = f"a reason to differ: {row}"
        print(f"not ok {name}: nothing differs so" if row in unused else f"ok {name}")


main()
