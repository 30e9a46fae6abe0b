#include "databricks/cdc_taken.h"

#include "databricks/range.h"
#include "databricks/tables.h"
#include "pipeline/cdc_columns.h"
#include "pipeline/whole_rows.h"

namespace pipec::backend::databricks {

using ast::JoinKind;
using ast::NodeId;
using ast::SqlBuilder;

namespace {

/// _tie of the first thing that is said behind a delete; what is said later of the same delete gets the next number. The hash of
/// one event in 2^54 would be among them.
constexpr int64_t kFirstTie = 9223372036854775000;
/// _tie of a delete that a truncation was turned into: no row is left behind it.
constexpr int64_t kTruncated = 0;

SqlBuilder::Ids by_start(SqlBuilder& sql, const char* alias) {
  return {sql.asc(sql.column(alias, "_from"))};
}

NodeId op(SqlBuilder& sql, const char* alias = "") {
  return sql.column(alias, "_op");
}

NodeId is(SqlBuilder& sql, const char* operation, const char* alias = "") {
  return sql.eq(op(sql, alias), sql.string(operation));
}

/// A member of what is known of a key in one transaction.
NodeId of(SqlBuilder& sql, const char* alias, const char* member) {
  return sql.field(sql.column(alias, "_group"), member);
}

/// Not what was said behind a delete.
NodeId is_of_source(SqlBuilder& sql) {
  return sql.lt(sql.column("_tie"), sql.integer(kFirstTie));
}

NodeId text(SqlBuilder& sql, NodeId row) {
  return sql.call("to_json", {row});
}

}  // namespace

TakenKeys::TakenKeys(const Capture& capture, const pipeline::Node& log, StepWriter& steps)
    : capture_(capture), log_node_(log), steps_(steps), log_(capture.names.rows(log)) {}

bool TakenKeys::come_from(const Capture& capture) {
  return capture.source->kind.text() == "postgres" && pipeline::knows_late_keys(*capture.cdc, *capture.table);
}

NodeId TakenKeys::first_commit(SqlBuilder& sql) {
  return sql.item(sql.call("min", {sql.column(kCommit)}), kFirst);
}

void TakenKeys::keep() const {
  steps_.reads = {log_node_.head.name};
  steps_.writes = {};
  steps_.for_each("pairs", [&](Statement& s) {
    SqlBuilder::Ids items{s.sql.item(s.sql.count_star(), "pairs")};
    for (const Range& range : key_range()) range.ask(s.sql, items);
    return s.sql.select({.items = items,
                         .from = {s.sql.query_ref(pairs(s.sql), "pairs")},
                         .having = s.sql.gt(s.sql.count_star(), s.sql.integer(0))});
  });
  steps_.writes = {log_node_.head.name};
  steps_.execute("taken.keep", [&](Statement& s) { return keep(s.sql); });
  steps_.end_loop();
}

NodeId TakenKeys::is_recent(SqlBuilder& sql, const char* alias) const {
  return sql.gt_eq(sql.column(alias, "_seq"), sql.param(kFirst));
}

NodeId TakenKeys::same_key(SqlBuilder& sql, const char* a, const char* b) const {
  SqlBuilder::Ids same;
  for (Symbol name : capture_.cdc->key) same.push_back(sql.eq(sql.column(a, name), sql.column(b, name)));
  return sql.and_all(same);
}

SqlBuilder::Ids TakenKeys::members(SqlBuilder& sql, const Value& value) const {
  SqlBuilder::Ids members;
  for (Symbol name : capture_.columns()) members.insert(members.end(), {sql.string(name), value(name)});
  return members;
}

/// What tells rows apart. The image before may have members that are declared no more.
NodeId TakenKeys::image(SqlBuilder& sql, const Value& value) const {
  return text(sql, sql.call("named_struct", members(sql, value)));
}

/// A row with what was kept aside of it.
NodeId TakenKeys::row(SqlBuilder& sql, const char* alias, NodeId aside) const {
  SqlBuilder::Ids all = members(sql, [&](Symbol name) { return sql.column(alias, name); });
  if (capture_.cdc->rescues()) all.insert(all.end(), {sql.string("_rescued"), aside});
  return sql.call("named_struct", all);
}

/// Files of other keys are not read.
std::vector<Range> TakenKeys::key_range() const {
  const Symbol first = capture_.cdc->key.front();
  for (const pipeline::SourceColumn& column : capture_.table->columns) {
    if (column.column.name == first && can_be_parameter(column.column.type)) return {{first, "key"}};
  }
  return {};
}

NodeId TakenKeys::same_group(SqlBuilder& sql, const char* a, const char* b) const {
  SqlBuilder::Ids same{same_key(sql, a, b)};
  for (const char* name : {"_source_ts", "_from"}) same.push_back(sql.eq(sql.column(a, name), sql.column(b, name)));
  return sql.and_all(same);
}

/// A key in one transaction: what was written to it at one time with nothing of another time between.
SqlBuilder::Ids TakenKeys::group_columns(SqlBuilder& sql, const char* alias) const {
  SqlBuilder::Ids columns = sql.columns(alias, capture_.cdc->key);
  for (const char* name : {"_source_ts", "_from"}) columns.push_back(sql.column(alias, name));
  return columns;
}

/// Keys that a row came to before one left them. Nearly always it is the same row; mostly there are none.
NodeId TakenKeys::pairs(SqlBuilder& sql) const {
  NodeId came = sql.filter(sql.call("min", {place(sql)}), is(sql, "c"));
  NodeId left = sql.filter(sql.call("max", {place(sql)}), is(sql, "d"));
  SqlBuilder::Ids keys = sql.columns("", capture_.cdc->key), at_a_time = sql.columns("", capture_.cdc->key);
  at_a_time.push_back(sql.column("_source_ts"));
  return sql.select({.items = keys,
                     .from = {sql.table(log_)},
                     .where = sql.and_all({is_recent(sql, ""), sql.in_list(op(sql), {sql.string("c"), sql.string("d")}),
                                           is_of_source(sql)}),
                     .group = at_a_time,
                     .having = sql.lt(came, left)});
}

/// All that is said of these keys, with the time of what was said before.
NodeId TakenKeys::events(SqlBuilder& sql) const {
  SqlBuilder::Ids items = sql.columns("l", capture_.cdc->key);
  for (const char* name : {"_source_ts", "_seq", "_ord", "_tie", "_op", "_file"})
    items.push_back(sql.column("l", name));
  items.push_back(sql.item(row(sql, "l", sql.column("l", "_rescued")), "_after"));
  auto before = [&] { return sql.column("l", "_before"); };
  NodeId left = image(sql, [&](Symbol name) { return sql.field(before(), name); });
  items.push_back(sql.item(image(sql, [&](Symbol name) { return sql.column("l", name); }), "_came"));
  items.push_back(sql.item(sql.case_when({{sql.is_not_null(before()), left}}), "_left"));
  NodeId time = sql.call("lag", {sql.column("l", "_source_ts")});
  items.push_back(sql.item(sql.over(time, sql.columns("l", capture_.cdc->key), in_order(sql, "l")), "_at"));
  NodeId from = sql.join(JoinKind::LeftSemi, sql.table(log_, "l"), sql.table({"pairs"}, "p"), same_key(sql, "l", "p"));
  return sql.select({.items = items, .from = {from}, .where = is_recent(sql, "l")});
}

/// Each of them with the place where its transaction begins.
NodeId TakenKeys::parts(SqlBuilder& sql) const {
  NodeId begins = sql.case_when({{sql.is_distinct(sql.column("_at"), sql.column("_source_ts")), place(sql)}});
  NodeId from = sql.over(sql.call("max", {begins}), sql.columns("", capture_.cdc->key), in_order(sql));
  return sql.select({.items = {sql.star(), sql.item(from, "_from")}, .from = {sql.table({"events"})}});
}

/// Of each: how many rows came and left, the last that came, and what was said behind it so far.
NodeId TakenKeys::groups(SqlBuilder& sql) const {
  auto of_source = [&](NodeId aggregate) { return sql.filter(aggregate, is_of_source(sql)); };
  auto last = [&](NodeId value) { return sql.call("max_by", {value, place(sql)}); };
  auto count = [&](const char* operation) { return of_source(sql.call("count_if", {is(sql, operation)})); };
  SqlBuilder::Ids members;
  auto add = [&](const char* name, NodeId value) { members.insert(members.end(), {sql.string(name), value}); };
  add("ends", of_source(sql.call("max", {place(sql)})));
  add("first_op", of_source(sql.call("min_by", {op(sql), place(sql)})));
  add("last_op", of_source(last(op(sql))));
  add("came", count("c"));
  add("went", count("d"));
  add("last", sql.filter(last(sql.column("_after")), sql.and_all({sql.not_(is(sql, "d")), is_of_source(sql)})));
  add("file", of_source(last(sql.column("_file"))));
  // What was said behind its end; and the last row that was said at all, for the end may have been another one then.
  auto is_said = [&] { return sql.not_(is_of_source(sql)); };
  add("tie", last(sql.case_when({{is_said(), sql.column("_tie")}})));
  add("said_op", last(sql.case_when({{is_said(), op(sql)}})));
  add("said", sql.filter(last(text(sql, sql.column("_after"))), sql.and_all({is_said(), is(sql, "r")})));
  SqlBuilder::Ids items = group_columns(sql, "");
  items.push_back(sql.item(sql.call("named_struct", members), "_group"));
  return sql.select({.items = items, .from = {sql.table({"parts"})}, .group = group_columns(sql, "")});
}

/// Those that end with a delete though a row has come.
NodeId TakenKeys::taken(SqlBuilder& sql) const {
  auto own = [&](const char* member) { return of(sql, "g", member); };
  return sql.select({.items = {sql.star()},
                     .from = {sql.table({"groups"}, "g")},
                     .where = sql.and_all({sql.eq(own("last_op"), sql.string("d")), sql.gt(own("came"), sql.integer(0)),
                                           sql.differs(sql.field(own("ends"), "_tie"), sql.integer(kTruncated))})});
}

/// The row of each that came more often than it was taken away. Where rows shared a key between two statements, neither the last
/// that came nor the one that did not leave last has to be it.
NodeId TakenKeys::stays(SqlBuilder& sql) const {
  auto images = [&](const char* image, NodeId where, NodeId after, NodeId at, int64_t count) {
    SqlBuilder::Ids items = group_columns(sql, "");
    items.push_back(sql.item(sql.column(image), "_image"));
    items.push_back(sql.item(after, "_after"));
    items.push_back(sql.item(at, "_place"));
    items.push_back(sql.item(sql.integer(count), "_count"));
    return sql.select({.items = items, .from = {sql.table({"parts"})}, .where = where});
  };
  NodeId came =
      images("_came", sql.and_all({sql.not_(is(sql, "d")), is_of_source(sql)}), sql.column("_after"), place(sql), 1);
  NodeId left = images("_left", sql.and_all({sql.is_not_null(sql.column("_left")), is_of_source(sql)}), sql.null(),
                       sql.null(), -1);
  auto latest = [&] { return sql.call("max_by", {sql.column("_after"), sql.column("_place")}); };
  SqlBuilder::Ids items = group_columns(sql, ""), group = group_columns(sql, "");
  group.push_back(sql.column("_image"));
  items.push_back(sql.item(latest(), "_after"));
  items.push_back(sql.item(sql.call("max", {sql.column("_place")}), "_place"));
  NodeId more = sql.select({.items = items,
                            .from = {sql.query_ref(sql.union_all({came, left}), "images")},
                            .group = group,
                            .having = sql.gt(sql.call("sum", {sql.column("_count")}), sql.integer(0))});
  SqlBuilder::Ids one = group_columns(sql, "");
  one.push_back(sql.item(latest(), "_stays"));
  return sql.select({.items = one, .from = {sql.query_ref(more, "more")}, .group = group_columns(sql, "")});
}

SqlBuilder::Ids TakenKeys::known(SqlBuilder& sql) const {
  return {sql.cte("pairs", pairs(sql)),     sql.cte("events", events(sql)), sql.cte("parts", parts(sql)),
          sql.cte("groups", groups(sql)),   sql.cte("taken", taken(sql)),   sql.cte("stays", stays(sql)),
          sql.cte("earlier", earlier(sql)), sql.cte("chains", chains(sql)), sql.cte("ended", ended(sql))};
}

/// With what was last said of each key before. A log that forgets does not know it of every row; the history does.
NodeId TakenKeys::earlier(SqlBuilder& sql) const {
  auto said = [&](const Path& table, NodeId what, NodeId aside) {
    SqlBuilder::Ids items = sql.columns("k", capture_.cdc->key), within;
    items.insert(items.end(),
                 {sql.item(what, "_op"), sql.item(place(sql, "k"), "_at"), sql.item(row(sql, "k", aside), "_after")});
    for (const Range& range : key_range()) range.hold(sql, "k", within);
    // Before the join that keeps all on its left side: the engine moves nothing else of a large log then.
    NodeId of_pairs =
        sql.join(JoinKind::LeftSemi, sql.table(table, "k"), sql.table({"pairs"}, "p"), same_key(sql, "k", "p"));
    return sql.select({.items = items, .from = {of_pairs}, .where = sql.and_all(within)});
  };
  NodeId all = said(log_, op(sql, "k"), sql.column("k", "_rescued"));
  if (capture_.cdc->log_retention) {
    NodeId what = sql.case_when({{sql.column("k", "_deleted"), sql.string("d")}}, sql.string("r"));
    NodeId nothing = sql.cast(sql.null(), sql.type("string"));
    all = sql.union_all({all, said(capture_.names.below_view(*capture_.cdc->history), what, nothing)});
  }
  NodeId before = sql.and_all({same_key(sql, "l", "g"), sql.lt(sql.column("l", "_at"), sql.column("g", "_from"))});
  // The log knows more of an event than the history.
  auto order = [&] {
    NodeId at = sql.column("l", "_at");
    if (!capture_.cdc->rescues()) return at;
    return sql.call("struct", {at, sql.field(sql.column("l", "_after"), "_rescued")});
  };
  auto last = [&](const char* name) { return sql.item(sql.call("max_by", {sql.column("l", name), order()}), name); };
  SqlBuilder::Ids items = group_columns(sql, "g");
  items.push_back(sql.item(sql.call("any_value", {sql.column("g", "_group")}), "_group"));
  items.push_back(sql.item(sql.call("max", {sql.column("l", "_at")}), "_at"));
  items.insert(items.end(), {last("_op"), last("_after")});
  return sql.select({.items = items,
                     .from = {sql.join(JoinKind::Left, sql.table({"taken"}, "g"), sql.query_ref(all, "l"), before)},
                     .group = group_columns(sql, "g")});
}

/// Whether a row was there before each, and which would be there after it. What stands right before it may be the end of another
/// one, of which that is about to be said: those of one chain have the same _at, where it begins.
NodeId TakenKeys::chains(SqlBuilder& sql) const {
  // Nothing before: it was there, unless it came as the first that is known of it.
  NodeId unknown =
      sql.case_when({{sql.eq(of(sql, "b", "first_op"), sql.string("c")), sql.string("d")}}, sql.string("r"));
  NodeId last = sql.call("coalesce", {op(sql, "b"), unknown});
  auto place_of = [&](auto&& position) {
    return sql.call("struct", {sql.field(position(), "_seq"), sql.field(position(), "_ord")});
  };
  auto is_first = [&] {
    NodeId end = sql.call("lag", {place_of([&] { return of(sql, "b", "ends"); })});
    NodeId end_before = sql.over(end, sql.columns("b", capture_.cdc->key), by_start(sql, "b"));
    return sql.is_distinct(end_before, place_of([&] { return sql.column("b", "_at"); }));
  };
  NodeId from_before = sql.call("coalesce", {sql.column("b", "_after"), of(sql, "b", "last")});
  SqlBuilder::Ids items = group_columns(sql, "b");
  items.push_back(sql.column("b", "_group"));
  items.push_back(sql.item(sql.case_when({{sql.eq(last, sql.string("d")), sql.integer(0)}}, sql.integer(1)), "_op"));
  items.push_back(sql.item(sql.case_when({{is_first(), sql.column("b", "_from")}}), "_to"));
  NodeId stays = sql.call("coalesce", {sql.column("s", "_stays"), sql.case_when({{is_first(), from_before}})});
  items.push_back(sql.item(stays, "_stays"));
  NodeId from =
      sql.join(JoinKind::Left, sql.table({"earlier"}, "b"), sql.table({"stays"}, "s"), same_group(sql, "b", "s"));
  NodeId known = sql.select({.items = items, .from = {from}});
  NodeId start = sql.over(sql.call("max", {sql.column("_to")}), sql.columns("", capture_.cdc->key), by_start(sql, ""));
  return sql.select({.items = {sql.star(), sql.item(start, "_at")}, .from = {sql.query_ref(known, "known")}});
}

/// Whether a row is left when all that came and left are counted, and which: only where that has not been said yet. Of one that
/// is not left after all, the last that was known.
NodeId TakenKeys::ended(SqlBuilder& sql) const {
  auto own = [&](const char* member) { return of(sql, "c", member); };
  // As many that came as left: then it is as it was before.
  NodeId change = sql.case_when(
      {{sql.gt(own("came"), own("went")), sql.integer(1)}, {sql.lt(own("came"), own("went")), sql.integer(0)}});
  auto so_far = [&](const char* call, const SqlBuilder::Ids& arguments) {
    SqlBuilder::Ids chain = sql.columns("c", capture_.cdc->key);
    chain.push_back(sql.column("c", "_at"));
    return sql.over(sql.call(call, arguments), chain, by_start(sql, "c"));
  };
  NodeId rows =
      sql.call("coalesce", {so_far("last_value", {change, sql.boolean(true)}), so_far("first_value", {op(sql, "c")})});
  SqlBuilder::Ids items = group_columns(sql, "c");
  items.push_back(sql.column("c", "_group"));
  items.push_back(sql.item(sql.eq(rows, sql.integer(0)), "_gone"));
  items.push_back(sql.item(so_far("last_value", {sql.column("c", "_stays"), sql.boolean(true)}), "_stays"));
  NodeId all = sql.select({.items = items, .from = {sql.table({"chains"}, "c")}});
  auto is_gone = [&] { return sql.column("_gone"); };
  auto said = [&](const char* member) { return of(sql, "", member); };
  NodeId which = sql.case_when({{is_gone(), said("last")}}, sql.column("_stays"));
  NodeId either = sql.select({.items = {sql.star(), sql.item(which, "_row")}, .from = {sql.query_ref(all, "counted")}});
  NodeId another = sql.is_distinct(text(sql, sql.column("_row")), said("said"));
  NodeId otherwise = sql.eq(is_gone(), sql.null_safe_eq(said("said_op"), sql.string("r")));
  NodeId needed = sql.or_all({sql.not_(is_gone()), sql.is_not_null(said("said"))});
  return sql.select({.items = {sql.star()},
                     .from = {sql.query_ref(either, "either")},
                     .where = sql.and_all({needed, sql.or_all({another, otherwise})})});
}

/// What is said then: the row that is left. Of one that is not left after all, which was said to be, its last values and then a
/// delete.
NodeId TakenKeys::sayings(SqlBuilder& sql) const {
  NodeId both = sql.call("array", {sql.string("r"), sql.string("d")});
  NodeId what = sql.case_when({{sql.column("_gone"), both}}, sql.call("array", {sql.string("r")}));
  NodeId each =
      sql.select({.items = {sql.star(), sql.item(sql.call("explode", {what}), "_op")}, .from = {sql.table({"ended"})}});
  NodeId after = sql.case_when({{is(sql, "r"), sql.column("_row")}});
  return sql.select({.items = {sql.star(), sql.item(after, "_after")}, .from = {sql.query_ref(each, "each")}});
}

NodeId TakenKeys::keep(SqlBuilder& sql) const {
  auto end = [&](std::string_view name) { return sql.field(of(sql, "e", "ends"), name); };
  auto is_there = [&] { return is(sql, "r", "e"); };
  NodeId next = sql.binary(ast::BinaryOp::Add, of(sql, "e", "tie"), sql.integer(1));
  NodeId first = sql.call("coalesce", {next, sql.integer(kFirstTie)});
  NodeId behind = sql.case_when({{is_there(), sql.integer(0)}}, sql.integer(1));
  SqlBuilder::Ids items, values, on{is_recent(sql, "t")};
  auto add = [&](Symbol name, NodeId value) {
    items.push_back(sql.item(value, name));
    values.push_back(sql.assign(name, sql.column("s", name)));
  };
  for (Symbol name : capture_.columns()) {
    add(name, capture_.is_key(name) ? sql.column("e", name) : sql.field(sql.column("e", "_after"), name));
  }
  add(Symbol::of("_op"), op(sql, "e"));
  add(Symbol::of("_source_ts"), sql.column("e", "_source_ts"));
  add(Symbol::of("_date"), day_of(sql, sql.column("e", "_source_ts")));
  add(Symbol::of("_seq"), end("_seq"));
  add(Symbol::of("_ord"), end("_ord"));
  add(Symbol::of("_tie"), sql.binary(ast::BinaryOp::Add, first, behind));
  if (capture_.cdc->rescues()) add(Symbol::of("_rescued"), sql.field(sql.column("e", "_after"), "_rescued"));
  add(Symbol::of("_file"), of(sql, "e", "file"));
  values.push_back(sql.assign("_before", sql.null()));
  for (std::string_view name : pipeline::kPositionColumns) {
    on.push_back(sql.eq(sql.column("t", name), sql.column("s", name)));
  }
  on.push_back(same_key(sql, "t", "s"));
  NodeId source = sql.select({.ctes = known(sql), .items = items, .from = {sql.query_ref(sayings(sql), "e")}});
  return sql.merge({.target = sql.table(log_, "t"),
                    .source = sql.query_ref(source, "s"),
                    .on = sql.and_all(on),
                    .clauses = {sql.when(ast::MergeClauseKind::NotMatchedInsert, {}, values)}});
}

}  // namespace pipec::backend::databricks
