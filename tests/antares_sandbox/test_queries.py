import json

import pytest

from antares_sandbox.queries import QueryError, compile_query, make_document, order_of

DOCUMENT = make_document(
    {
        "locus_id": "ANT2026small",
        "ra": 10.0,
        "dec": -30.0,
        "htm16": None,
        "tags": ["simulated", "SN_candies"],
        "catalogs": [],
        "properties": {
            "num_alerts": 16,
            "mean": 20.5,
            "flag": True,
            "is_corrected": "true",
            "note": "a bright Type-II supernova",
            "survey": {"lsst": {"dia_object_id": ["170112072073793011", "170112072073793012"]}},
            "history": [{"n": 1}, {"n": 2}],
            "empty": {},
        },
    }
)


def holds(clause, document=DOCUMENT) -> bool:
    return compile_query(json.dumps({"query": clause}))(document)


TRUE = {"match_all": {}}
FALSE = {"ids": {"values": []}}

MATCHING = [
    TRUE,
    {"bool": {}},
    {"function_score": {"random_score": {}}},
    {"function_score": {"query": TRUE, "random_score": {"seed": 1, "field": "_seq_no"}}},
    {"function_score": {"functions": [{"random_score": {"seed": "x"}, "weight": 2}], "boost": 5}},
    {"function_score": {"query": TRUE, "boost_mode": "replace", "random_score": {}}},
    {"bool": {"must_not": {"function_score": {"query": FALSE, "random_score": {}}}}},
    {"term": {"tags": "simulated"}},
    {"term": {"tags.keyword": "SN_candies"}},
    {"term": {"tags": {"value": "SN_candies", "boost": 2}}},
    {"term": {"tags": {"value": "sn_CANDIES", "case_insensitive": True}}},
    {"term": {"properties.num_alerts": 16}},
    {"term": {"properties.num_alerts": "16"}},
    {"term": {"properties.num_alerts": 16.0}},
    {"term": {"properties.flag": True}},
    {"term": {"properties.flag": "true"}},
    {"term": {"properties.is_corrected": True}},
    {"term": {"properties.survey.lsst.dia_object_id": "170112072073793012"}},
    {"term": {"properties.survey.lsst.dia_object_id.keyword": 170112072073793012}},
    {"term": {"properties.history.n": 2}},
    {"terms": {"tags": ["x", "simulated"]}},
    {"terms": {"properties.num_alerts": [1, "16"], "boost": 1}},
    {"range": {"properties.num_alerts": {"gte": 16, "lt": 17}}},
    {"range": {"properties.num_alerts": {"gt": "15.5"}}},
    {"range": {"properties.history.n": {"gt": 1}}},
    {"range": {"locus_id": {"gte": "ANT2026", "lt": "ANT2027"}}},
    {"exists": {"field": "properties.survey.lsst"}},
    {"exists": {"field": "properties.flag"}},
    {"exists": {"field": "tags.keyword"}},
    {"match": {"properties.note": "SUPERNOVA"}},
    {"match": {"properties.note": "faint supernova"}},
    {"match": {"properties.note": {"query": "supernova ii", "operator": "and"}}},
    {"match": {"properties.num_alerts": 16}},
    {"prefix": {"tags": "SN_"}},
    {"prefix": {"tags": {"value": "sn_", "case_insensitive": True}}},
    {"wildcard": {"tags": "S?_c*s"}},
    {"wildcard": {"tags": {"value": "*"}}},
    {"ids": {"values": ["ANT2026other", "ANT2026small"]}},
    {"ids": {"values": "ANT2026small"}},
    {"bool": {"filter": TRUE, "must": [TRUE], "must_not": FALSE}},
    {"bool": {"must": TRUE, "should": FALSE}},
    {"bool": {"should": [FALSE, TRUE]}},
    {"bool": {"should": [TRUE, TRUE, FALSE], "minimum_should_match": 2}},
    {"bool": {"should": [TRUE, TRUE, FALSE], "minimum_should_match": -1}},
    {"bool": {"should": [TRUE, TRUE, FALSE], "minimum_should_match": "66%"}},
    {"bool": {"should": [TRUE, TRUE, FALSE], "minimum_should_match": "-34%"}},
    {"bool": {"must_not": {"term": {"tags": "x"}}}},
]

NOT_MATCHING = [
    FALSE,
    {"term": {"tags": "sn_candies"}},
    {"term": {"tags": "SN"}},
    {"term": {"properties.num_alerts": "sixteen"}},
    {"term": {"properties.num_alerts": True}},
    {"term": {"properties.survey.lsst.dia_object_id": "170112072073793013"}},
    {"term": {"properties.survey.lsst.dia_object_id": 1.70112072073793012e17}},
    {"term": {"properties.unknown": 1}},
    {"terms": {"tags": []}},
    {"range": {"properties.num_alerts": {"gt": 16}}},
    {"range": {"properties.num_alerts": {"gte": "x"}}},
    {"range": {"properties.unknown": {"gte": 0}}},
    {"exists": {"field": "htm16"}},
    {"exists": {"field": "catalogs"}},
    {"exists": {"field": "properties.empty"}},
    {"exists": {"field": "prop"}},
    {"match": {"properties.note": {"query": "faint supernova", "operator": "AND"}}},
    {"match": {"properties.note.keyword": "supernova"}},
    {"prefix": {"tags": "sn_"}},
    {"prefix": {"properties.num_alerts": "1"}},
    {"wildcard": {"tags": "S?"}},
    {"bool": {"filter": [TRUE, FALSE]}},
    {"bool": {"must_not": [FALSE, TRUE]}},
    {"bool": {"should": FALSE}},
    {"bool": {"filter": TRUE, "should": FALSE, "minimum_should_match": 1}},
    {"bool": {"should": [TRUE], "minimum_should_match": 2}},
]

REFUSED = [
    ({"function_score": {}}, "function_score"),
    ({"function_score": []}, "function_score"),
    ({"function_score": {"query": TRUE}}, "random_score"),
    ({"function_score": {"random_score": 1}}, "random_score"),
    ({"function_score": {"random_score": {"seed": 1.5}}}, "random_score.seed"),
    ({"function_score": {"random_score": {"seed": True}}}, "random_score.seed"),
    ({"function_score": {"random_score": {"seed": [1]}}}, "random_score.seed"),
    ({"function_score": {"random_score": {"seed": 10**400}}}, "random_score.seed"),
    ({"function_score": {"random_score": {"field": 1}}}, "random_score.field"),
    ({"function_score": {"random_score": {"speed": 1}}}, "speed"),
    ({"function_score": {"random_score": {}, "min_score": 1}}, "min_score"),
    ({"function_score": {"random_score": {}, "boost_mode": "max"}}, "boost_mode"),
    ({"function_score": {"random_score": {}, "boost_mode": ["sum"]}}, "boost_mode"),
    ({"function_score": {"functions": {}}}, "one function"),
    ({"function_score": {"functions": []}}, "one function"),
    ({"function_score": {"functions": [1]}}, "functions"),
    ({"function_score": {"functions": [{"gauss": {}}]}}, "gauss"),
    ({"function_score": {"functions": [{"weight": 2}]}}, "random_score"),
    ({"function_score": {"random_score": {}, "query": {"regexp": {}}}}, "regexp"),
    ({"regexp": {"tags": ".*"}}, r"\[regexp\]"),
    ({"function_score": {}}, r"\[function_score\]"),
    ({"query_string": {"query": "tags:a* " * 4000}}, r"\[query_string\]"),
    ({}, "one key"),
    ({"term": {"tags": 1}, "exists": {}}, "one key"),
    ([], "one key"),
    (None, "one key"),
    ({"term": "tags"}, r"\[term\]"),
    ({"term": {}}, r"\[term\] takes one field"),
    ({"term": {"a": 1, "b": 2}}, r"\[term\] takes one field"),
    ({"term": {"a": None}}, r"\[term.a\]"),
    ({"term": {"a": [1]}}, r"\[term.a\]"),
    ({"term": {"a": {"value": 1, "fuzzy": 2}}}, r"\[term.a\] has no option \[fuzzy\]"),
    ({"term": {"a": {}}}, r"\[term.a\] needs \[value\]"),
    ({"term": {"a": 10**400}}, r"\[term.a\]"),
    ({"terms": {"a": "x"}}, r"\[terms.a\]"),
    ({"terms": {"a": {"index": "x"}}}, r"\[terms.a\]"),
    ({"range": {"a": 1}}, r"\[range.a\]"),
    ({"range": {"a": {"from": 1}}}, r"\[range.a\] has no option \[from\]"),
    ({"range": {"a": {"gte": [1]}}}, r"\[range.a.gte\]"),
    ({"exists": {}}, r"\[exists.field\]"),
    ({"exists": {"field": 1}}, r"\[exists.field\]"),
    ({"match": {"a": {"query": "x", "operator": "xor"}}}, r"\[match.operator\]"),
    ({"match": {"a": {"query": "x", "fuzziness": 1}}}, r"\[fuzziness\]"),
    ({"prefix": {"a": 1}}, r"\[prefix.a\]"),
    ({"wildcard": {"a": "*" * 1001}}, r"\[wildcard.a\]"),
    ({"ids": {"values": [1]}}, r"\[ids.values\]"),
    ({"ids": {}}, r"\[ids.values\]"),
    ({"match_all": {"x": 1}}, r"\[match_all\]"),
    ({"bool": []}, r"\[bool\]"),
    ({"bool": {"might": TRUE}}, r"\[bool\] has no option \[might\]"),
    ({"bool": {"must": "x"}}, r"\[bool.must\]"),
    ({"bool": {"must": [{"fuzzy": {}}]}}, r"\[fuzzy\]"),
    ({"bool": {"should": TRUE, "minimum_should_match": "2<75%"}}, "minimum_should_match"),
    ({"bool": {"should": TRUE, "minimum_should_match": True}}, "minimum_should_match"),
    ({"bool": {"should": [TRUE] * 1025}}, "1024 clauses"),
]


@pytest.mark.parametrize("clause", MATCHING, ids=json.dumps)
def test_a_clause_that_matches(clause):
    assert holds(clause)


@pytest.mark.parametrize("clause", NOT_MATCHING, ids=json.dumps)
def test_a_clause_that_does_not_match(clause):
    assert not holds(clause)


@pytest.mark.parametrize(("clause", "named"), REFUSED, ids=lambda value: str(value)[:50])
def test_a_clause_that_is_refused_is_named(clause, named):
    with pytest.raises(QueryError, match=named):
        holds(clause)


@pytest.mark.parametrize("search", ["{}", '{"query": {"match_all": {}}}'])
def test_an_empty_search_matches_everything(search):
    assert compile_query(search)(DOCUMENT)


@pytest.mark.parametrize(
    "search",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "NaN",
        '{"query": NaN}',
        '{"query": {"match_all": {}}, "size": 10}',
        '{"aggs": {}}',
        '{"query": {"term": {"a": 1e999}}}',
        '{"query": {"term": {"a": ' + "9" * 5000 + "}}}",
        '{"a":' * 5000,
        '{"query": ' + '{"bool": {"must": ' * 25 + "{}" + "}}" * 25 + "}",
        '{"query": '
        + '{"function_score": {"random_score": {}, "query": ' * 25
        + "{}"
        + "}}" * 25
        + "}",
        '{"query": {"term": {"a": "' + "x" * 70_000 + '"}}}',
    ],
    ids=lambda search: search[:40],
)
def test_what_is_no_search_is_refused(search):
    with pytest.raises(QueryError):
        compile_query(search)


def test_a_pattern_can_not_blow_up():
    long = make_document({"tags": ["a" * 2000]})

    assert not holds({"wildcard": {"tags": "*a" * 400 + "b"}}, long)


def test_sorting_goes_by_number_then_text_then_id():
    documents = {
        name: make_document({"x": value})
        for name, value in {"ANTd": 2, "ANTc": None, "ANTb": 10, "ANTa": "9", "ANTe": 2}.items()
    }

    assert order_of(documents, "x") == ["ANTd", "ANTe", "ANTb", "ANTa", "ANTc"]
    assert order_of(documents, "-x")[-1] == "ANTc"


def test_a_list_sorts_by_its_first_value_in_the_order_asked_for():
    documents = {"ANTa": make_document({"x": [1, 9]}), "ANTb": make_document({"x": [5]})}

    assert order_of(documents, "+x") == ["ANTa", "ANTb"]
    assert order_of(documents, "-x") == ["ANTa", "ANTb"]


@pytest.mark.parametrize("sort", ["", "-", "+-x", "--x", "x" * 300])
def test_a_sort_without_a_field_is_refused(sort):
    with pytest.raises(QueryError, match="sort"):
        order_of({}, sort)
