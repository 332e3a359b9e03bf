"""Is a policy read as it is written, and every mistake in it explained?"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from adv_domain.policies import (
    Policy,
    dunning_policies,
    load_policy,
    read_policy,
)
from adv_domain.policy_company import LONGEST, Company
from adv_domain.policy_dunning import DunningLevel
from adv_domain.policy_file import InvalidPolicy
from adv_domain.policy_validation import RuleCode
from adv_domain.rules.orders.rule_settings import DEFAULT_SETTINGS
from adv_domain.store.tables import company

SHIPPED = Path(__file__).parents[1] / "deployments" / "policy.toml"


def _mistakes(text: str) -> dict[str, str]:
    with pytest.raises(InvalidPolicy) as caught:
        read_policy(text.encode())
    return {each.key: each.message for each in caught.value.mistakes}


def test_an_empty_file_is_the_default_policy() -> None:
    assert read_policy(b"") == load_policy() == Policy()


def test_the_shipped_file_says_what_the_defaults_are() -> None:
    shipped = load_policy(SHIPPED)
    told = replace(shipped.validation, severity={}, owner={})
    assert replace(shipped, validation=told) == Policy()


def test_the_shipped_severities_and_owners_are_those_of_the_rules() -> None:
    shipped = load_policy(SHIPPED).validation
    assert shipped.severity == {
        code: setting.severity for code, setting in DEFAULT_SETTINGS.items()
    }
    assert shipped.owner == {
        code: setting.owner for code, setting in DEFAULT_SETTINGS.items()
    }


def test_every_rule_can_be_set_in_the_policy() -> None:
    assert set(get_args(RuleCode)) == set(DEFAULT_SETTINGS)


def test_the_default_ladder_has_four_levels_and_ends_with_a_person() -> None:
    levels = dunning_policies(load_policy())[0].levels
    assert [level.days for level in levels] == [3, 10, 20, 30]
    assert levels[-1].channel == "letter"
    assert levels[-1].effect == "hand_over"


def test_decimals_are_read_exactly() -> None:
    policy = read_policy(b"[validation]\nprice_tolerance_amount = 0.1\n")
    assert policy.validation.price_tolerance_amount == Decimal("0.1")


def test_a_policy_needs_no_more_than_its_levels() -> None:
    policy = read_policy(
        b"""
        [[dunning.policies]]
        name = "short"
        minimum = 10
        [[dunning.policies.levels]]
        level = 1
        test = "end_of_month"
        days = 5
        """
    )
    assert policy.dunning.policies[0].minimum == Decimal(10)
    assert policy.dunning.policies[0].levels == (
        DunningLevel(level=1, test="end_of_month", days=5),
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[validation]\nlead_days = -1", "validation.lead_days"),
        ("[validation]\nprize = 1", "validation.prize"),
        ("[validation.severity]\nprice = 'hard'", "validation.severity.price"),
        ("[validation.severity]\nprize = 'warn'", "validation.severity.prize"),
        ("[validation.severity]\nunknown_product = 'warn'", "validation"),
        ("[credit]\ndefault_limit = 'many'", "credit.default_limit"),
        ("[dunnig]\nx = 1", "dunnig"),
        ("[availability]\npriority = ['size']", "availability.priority[1]"),
        ("[availability]\npriority = ['age', 'age']", "availability"),
        ("[availability]\nlate_receipt_days = 0", "availability.late_receipt_days"),
        ("[kpis]\nrecompute_days = 0", "kpis.recompute_days"),
        ("[roles.clerk.limits]\nwrite = 3", "roles.clerk.limits.write"),
        ("[holds]\nwork_from_hour = 17", "holds"),
        ("[holds]\none_desk = ''", "holds.one_desk"),
        ("[holds.rule_hours]\nprize = 2", "holds"),
        ("[[holds.escalation]]\nhours_overdue = 2", "holds.escalation[1].to"),
        (
            "[holds]\nescalation = [{to = 'A', hours_overdue = 2}, {to = 'B'}]",
            "holds",
        ),
        ("[[dunning.policies]]\nname = 'x'", "dunning.policies[1].levels"),
        ("close = 3 = 4", "(file)"),
    ],
)
def test_a_mistake_is_named_by_its_key(text: str, key: str) -> None:
    assert list(_mistakes(text)) == [key]


def test_all_mistakes_are_told_at_once() -> None:
    found = _mistakes("[validation]\nlead_days = 'x'\n[kpis]\nsmall = 1\n")
    assert set(found) == {"validation.lead_days", "kpis.small"}


@pytest.mark.parametrize(
    "levels",
    [
        "level = 0",
        "level = 1\ntest = 'days_since_previous'",
        "level = 1\ndays = 9\n[[dunning.policies.levels]]\nlevel = 2\ndays = 3",
    ],
    ids=["does not start at one", "counts from nothing", "falls"],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(levels: str) -> None:
    head = "[[dunning.policies]]\nname = 'x'\n[[dunning.policies.levels]]\n"
    assert all(
        key.startswith("dunning.policies[1]") for key in _mistakes(head + levels)
    )


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        ("[company]\ncurrency = 'EURO'", "company.currency", "ISO 4217"),
        ("[company]\ncountry = 'Spain'", "company.country", "ISO 3166"),
        ("[company]\ncountry = 'EU'", "company.country", "ISO 3166"),
        ("[company]\niban = 'ES9121000418450200051333'", "company.iban", "IBAN"),
        ("[company]\nbic = 'BANK'", "company.bic", "BIC"),
        (f"[company]\nphone = '{'1' * 41}'", "company.phone", "at most 40"),
        ("[company]\nemail = 'adv'", "company.email", "mail address"),
        ("[mail]\nsender = 'the ADV'", "mail.sender", "mail address"),
        ("[mail]\nreply_to = 'nope'", "mail.reply_to", "mail address"),
        ("[mail]\noperations = ['a@b.com', 'nope']", "mail.operations[2]", "address"),
        (
            "[mail]\nsend_from_hour = 18\nsend_until_hour = 8",
            "mail.send_from_hour",
            "no mail ever leaves",
        ),
        (
            "[[dunning.policies]]\nname = 'x'\nlevels = [{level = 3, tone = 'rude'}]",
            "dunning.policies[1].levels[1].tone",
            "level 3: no template reminder_rude; there are: final, firm",
        ),
    ],
)
def test_what_cannot_be_in_the_world_is_a_mistake(
    tmp_path: Path, text: str, key: str, word: str
) -> None:
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(InvalidPolicy) as caught:
        load_policy(tmp_path / "policy.toml")
    [mistake] = caught.value.mistakes
    assert mistake.key == key
    assert word in mistake.message


def test_the_policy_takes_no_company_that_the_database_cannot_keep() -> None:
    kept = {name: company.c[name].type.length for name in LONGEST}
    assert kept == dict(LONGEST)
    others = {"country", "currency", "language", "email", "iban", "bic", "vat_due"}
    assert {*LONGEST, *others, "legal_lines"} == set(Company.__dataclass_fields__)


def test_a_companys_own_template_gives_a_tone(tmp_path: Path) -> None:
    (tmp_path / "templates/email/es/reminder_rude").mkdir(parents=True)
    text = "[[dunning.policies]]\nname = 'x'\nlevels = [{level = 1, tone = 'rude'}]"
    (tmp_path / "policy.toml").write_text(text)
    assert load_policy(tmp_path / "policy.toml").dunning.policies[0].name == "x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[mail]\noperations = 'a@b.com'", "must be a list"),
        ("[dunning]\npolicies = 3", "must be a list"),
        ("mail = 3", "must be a section with keys of its own"),
        ("[validation]\nlead_days = 'x'", "must be a whole number"),
        ("[intake]\nbroken_file = 'x'", "must be 'good_rows' or 'nothing'"),
        ("[documents]\npdf = 'maybe'", "must be true or false"),
    ],
)
def test_a_mistake_is_told_in_a_persons_words(text: str, message: str) -> None:
    [found] = _mistakes(text).values()
    assert found.startswith(message)


def test_a_hand_over_by_mail_is_refused_with_what_to_write() -> None:
    levels = "[{level = 2, channel = 'email', effect = 'hand_over'}]"
    text = f"[[dunning.policies]]\nname = 'x'\nlevels = {levels}"
    [found] = _mistakes(text).values()
    assert found.startswith("level 2: ") and 'channel = "letter"' in found


def test_only_a_channel_that_is_written_makes_a_last_level_a_mail() -> None:
    def last(level: str) -> str:
        text = f"[[dunning.policies]]\nname = 'x'\nlevels = [{level}]"
        return dunning_policies(read_policy(text.encode()))[0].levels[-1].channel.value

    assert last("{level = 1}") == "letter"
    assert last("{level = 1, channel = 'email'}") == "email"
    assert last("{level = 1, channel = 'call', effect = 'hand_over'}") == "call"


def test_whom_customers_may_ask_must_have_a_mail_address(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('[delivery]\ncontact_email = "order desk"\n', encoding="utf-8")
    with pytest.raises(InvalidPolicy) as caught:
        load_policy(file)
    assert [each.key for each in caught.value.mistakes] == ["delivery.contact_email"]
