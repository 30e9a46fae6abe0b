"""What runs do, drawn: they die, are left out since the last one is still under way, build an interval again, get another logic."""
import dataclasses
import random

from .incremental import ROUNDS


@dataclasses.dataclass(frozen=True)
class Act:
    """What a scheduled run of one model comes to."""
    kind: str = 'run'  # run, skip, backfill
    crash: int | None = None  # statements that write before it dies
    again: bool = False  # and is started anew at once
    days: tuple[int, int] = (0, 0)  # of a backfill: first day and the one behind


@dataclasses.dataclass(frozen=True)
class Plan:
    acts: dict[tuple[int, str], Act] = dataclasses.field(default_factory=dict)  # by round and model; none: an undisturbed run
    switch: int | None = None  # the round before which the second logic is deployed
    middle: tuple[tuple[str, int], ...] = ()  # by round: the model and the statement of its run before which inputs change

    def act(self, number, name):
        return self.acts.get((number, name), Act())

    def shown(self):
        lines = [f'the logic is another from run {self.switch + 1} on'] if self.switch is not None else []
        for (number, name), act in sorted(self.acts.items()):
            lines.append(f'run {number + 1} of {name}: {act}')
        return '\n'.join([*lines, *(f'run {number + 1}: inputs change during {name}, before statement {at}'
                                    for number, (name, at) in enumerate(self.middle))])


def plan(seed, models, days):
    """`days`: that the histories have altogether."""
    rnd = random.Random(seed)
    built = [model for model in models if model.by != 'view']

    def act(model):
        match rnd.choice(['run'] * 5 + ['skip', 'dies', 'dies', 'again', 'backfill']):
            case 'skip':
                return Act('skip')
            case 'dies':
                return Act(crash=rnd.randrange(9))
            case 'again':
                return Act(crash=rnd.randrange(9), again=True)
            case 'backfill' if model.by == 'time':
                first = rnd.randrange(days - 3)
                return Act('backfill', days=(first, first + rnd.randint(1, 3)))
        return Act()

    acts = {(number, model.name): act(model) for number in range(ROUNDS) for model in built}
    middle = tuple((rnd.choice(built).name, rnd.randrange(20)) for _ in range(ROUNDS))
    return Plan({at: act for at, act in acts.items() if act != Act()}, rnd.choice([None, 1, 2]), middle)


def simpler(plan):
    """Plans with less in them, the simplest ones first."""
    yield Plan()
    yield Plan(switch=plan.switch)
    yield Plan(acts=plan.acts)
    yield Plan(middle=plan.middle)
    yield dataclasses.replace(plan, acts={})
    yield dataclasses.replace(plan, middle=())
    yield dataclasses.replace(plan, switch=None)
    for at in plan.acts:
        yield dataclasses.replace(plan, acts={other: act for other, act in plan.acts.items() if other != at})
