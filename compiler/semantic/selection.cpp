// What a schedule runs: `all`, a node, `schema.*`, `downstream of n`, `upstream of n`, each `tagged t` and `except (...)`.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "semantic/assemble.h"
#include "semantic/items.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;
using ast::SelectionKind;
using NameSet = std::set<Symbol, ByText>;

class Selector {
 public:
  Selector(const pipeline::Pipeline& pipeline, bool doubtful) : pipeline_(pipeline), doubtful_(doubtful) {
    for (const pipeline::Node& node : pipeline.nodes) {
      nodes_[node.head.name] = &node;
      for (Symbol input : node.inputs) readers_[input].push_back(node.head.name);
      if (node.kind == pipeline::NodeKind::CdcLog) {
        landings_[pipeline.cdcs[node.object].source].push_back(node.head.name);
      } else if (node.kind == pipeline::NodeKind::External) {
        landings_[name_of(node.head.declaration)].push_back(node.head.name);
      }
    }
    for (const pipeline::Load& load : pipeline.loads) landings_[load.source].push_back(load.head.name);
  }

  NameSet select(const Resolving& context, NodeId node) {
    const ast::Tree& tree = context.tree;
    auto selection = tree.get<ast::Selection>(node);
    NameSet names = base(context, node, selection.target);
    for (NodeId tag : tree.list(selection.tags)) {
      Symbol wanted = text_of(tree, tag).folded();
      check_tag(context, tag, wanted);
      std::erase_if(names, [&](Symbol name) { return !is_tagged(*nodes_.at(name), wanted); });
    }
    for (NodeId except : tree.list(selection.except)) {
      for (Symbol name : select(context, except)) names.erase(name);
    }
    return names;
  }

  /// Whether a name was unknown since this was last asked: then what is chosen is not what was meant.
  bool lacked_names() { return std::exchange(lacking_, false); }

 private:
  NameSet base(const Resolving& context, NodeId node, NodeId target) {
    const ast::Tree& tree = context.tree;
    SelectionKind kind = tree.op<SelectionKind>(node);
    if (kind == SelectionKind::All) {
      NameSet all;
      for (const auto& [name, entry] : nodes_) all.insert(name);
      return all;
    }
    Symbol name = text_of(tree, target).folded();
    if (kind == SelectionKind::SchemaAll) {
      auto parts = tree.children(target);
      return of_schema(context, target, parts.empty() ? name : tree.name(parts[0]).folded());
    }
    bool source = landings_.count(name) || is_source(name);
    if (kind == SelectionKind::LoadOf && !is_load(name)) {
      unknown_load(context, target, name);
      return {};
    }
    if (auto job = jobs().find(name); job != jobs().end()) name = job->second;
    if (!source && !nodes_.count(name)) {
      unknown(context, target, name);
      return {};
    }
    if (kind == SelectionKind::DownstreamOf) return walk(name, source, true);
    if (kind == SelectionKind::UpstreamOf) return walk(name, source, false);
    if (source) return {landings_[name].begin(), landings_[name].end()};
    return {name};
  }

  static bool is_tagged(const pipeline::Node& node, Symbol folded) {
    const auto& tags = node.head.tags;
    return std::any_of(tags.begin(), tags.end(), [&](Symbol tag) { return tag.folded() == folded; });
  }

  void check_tag(const Resolving& context, NodeId node, Symbol folded) {
    if (doubtful_) return;  // what could not be read may have it
    std::set<Symbol, ByText> tags;
    for (const auto& [name, entry] : nodes_) {
      if (is_tagged(*entry, folded)) return;
      tags.insert(entry->head.tags.begin(), entry->head.tags.end());
    }
    std::vector<std::string_view> known;
    for (Symbol tag : tags) known.push_back(tag.text());
    context.report(diag::UnknownNode, node, fmt::format("nothing is tagged `{}`", folded.text()))
        .help(did_you_mean(folded.text(), known));
  }

  static Symbol name_of(Symbol declaration) {
    return Symbol::of(declaration.text().substr(declaration.text().find(':') + 1));
  }

  bool is_load(Symbol name) const {
    return std::any_of(pipeline_.loads.begin(), pipeline_.loads.end(),
                       [&](const pipeline::Load& load) { return load.head.name == name; });
  }

  void unknown_load(const Resolving& context, NodeId node, Symbol name) {
    std::vector<std::string_view> names;
    for (const pipeline::Load& load : pipeline_.loads) names.push_back(load.head.name.text());
    lacking_ = true;
    context.report(diag::UnknownNode, node, fmt::format("there is no load `{}`", name.text()))
        .about(name)
        .help(did_you_mean(name.text(), names));
  }

  // A job may be named by its own name; what runs is the table that it writes.
  const std::map<Symbol, Symbol, ByText>& jobs() {
    if (jobs_.empty()) {
      for (const pipeline::Job& job : pipeline_.jobs) jobs_.emplace(job.head.name, job.writes);
    }
    return jobs_;
  }

  bool is_source(Symbol name) const {
    return std::any_of(pipeline_.sources.begin(), pipeline_.sources.end(),
                       [&](const pipeline::Source& s) { return s.head.name == name; });
  }

  NameSet of_schema(const Resolving& context, NodeId target, Symbol schema) {
    std::string prefix = std::string(schema.text()) + ".";
    NameSet names;
    for (const auto& [name, entry] : nodes_) {
      if (name.text().substr(0, prefix.size()) == prefix) names.insert(name);
    }
    if (names.empty()) unknown(context, target, Symbol::of(prefix + "*"));
    return names;
  }

  // Every descendant without its other ancestors; of a source, its landings too. A node itself is not its descendant.
  NameSet walk(Symbol start, bool source, bool down) {
    NameSet found;
    std::vector<Symbol> open = source ? landings_[start] : std::vector<Symbol>{start};
    if (source) found.insert(open.begin(), open.end());
    while (!open.empty()) {
      Symbol name = open.back();
      open.pop_back();
      const std::vector<Symbol>& next = down ? readers_[name] : nodes_.at(name)->inputs;
      for (Symbol other : next) {
        if (nodes_.count(other) && found.insert(other).second) open.push_back(other);
      }
    }
    return found;
  }

  void unknown(const Resolving& context, NodeId node, Symbol name) {
    lacking_ = true;
    std::vector<std::string_view> names;
    for (const auto& [known, entry] : nodes_) names.push_back(known.text());
    for (const pipeline::Source& source : pipeline_.sources) names.push_back(source.head.name.text());
    context.report(diag::UnknownNode, node, fmt::format("there is no node or source `{}`", name.text()))
        .about(name)
        .help(did_you_mean(name.text(), names));
  }

  const pipeline::Pipeline& pipeline_;
  bool doubtful_;
  bool lacking_ = false;
  std::map<Symbol, const pipeline::Node*, ByText> nodes_;
  std::map<Symbol, std::vector<Symbol>, ByText> readers_, landings_;
  std::map<Symbol, Symbol, ByText> jobs_;
};

// What others fill, and what is filled along with another table, is not run.
bool is_run(const pipeline::Node& node) {
  return node.kind != pipeline::NodeKind::External && node.kind != pipeline::NodeKind::Quarantine;
}

bool is_streaming(const pipeline::Pipeline& pipeline, const pipeline::Node& node) {
  return node.kind == pipeline::NodeKind::Model &&
         pipeline.models[node.object].materialization == pipeline::Materialization::Streaming;
}

// `after x`: a schedule that exists and does not wait for this one in the end.
void check_after(const Resolving& context, const pipeline::Pipeline& pipeline, const pipeline::Schedule& schedule) {
  if (schedule.after.empty() || schedule.after_sync) return;
  NodeId place;
  for (NodeId item : context.tree.list(context.tree.get<ast::ScheduleDecl>(context.tree.root).items)) {
    if (context.tree.is<ast::Property>(item) && context.tree.name(item).text() == "after") {
      place = context.tree.children(item)[0];
    }
  }
  auto find = [&](Symbol name) {
    return std::find_if(pipeline.schedules.begin(), pipeline.schedules.end(),
                        [&](const pipeline::Schedule& other) { return other.head.name == name; });
  };
  std::vector<std::string_view> names;
  for (const pipeline::Schedule& other : pipeline.schedules) names.push_back(other.head.name.text());
  auto at = find(schedule.after);
  if (at == pipeline.schedules.end()) {
    context.report(diag::UnknownNode, place, fmt::format("there is no schedule `{}`", schedule.after.text()))
        .help(did_you_mean(schedule.after.text(), names));
    return;
  }
  std::string path = fmt::format("`{}`", schedule.head.name.text());
  for (size_t steps = 0; at != pipeline.schedules.end() && steps <= pipeline.schedules.size(); ++steps) {
    path += fmt::format(" waits for `{}`", at->head.name.text());
    if (at->head.name == schedule.head.name) {
      context.report(diag::Cycle, place, fmt::format("a cycle: {}", path)).help("let one of them begin by itself");
      return;
    }
    if (at->after.empty() || at->after_sync) return;
    at = find(at->after);
  }
}

void check_deadline(const Resolving& context, NodeId node, const pipeline::Pipeline& pipeline,
                    const pipeline::Schedule& schedule) {
  if (!schedule.finish_within) return;
  for (Symbol name : schedule.nodes) {
    const pipeline::Node* found = pipeline.node(name);
    if (found->kind != pipeline::NodeKind::Model) continue;
    const pipeline::Model& model = pipeline.models[found->object];
    if (model.materialization != pipeline::Materialization::Full) continue;
    context
        .report(diag::TooSlowForSchedule, node,
                fmt::format("`{}` is rebuilt in full by each run of a schedule with a deadline", name.text()))
        .label(Place::of_member(model.head.declaration, Symbol()), "the model")
        .help(fmt::format("leave it out, `except ({})`, or make the model incremental", name.text()));
  }
}

void report_unrefreshed(const pipeline::Pipeline& pipeline, Sink& sink) {
  if (pipeline.schedules.empty()) return;  // a project without schedules is run by hand
  NameSet refreshed;
  for (const pipeline::Schedule& schedule : pipeline.schedules) {
    refreshed.insert(schedule.nodes.begin(), schedule.nodes.end());
  }
  for (const pipeline::Node& node : pipeline.nodes) {
    if (refreshed.count(node.head.name) || !is_run(node) || node.kind == pipeline::NodeKind::Seed) continue;
    sink.report(diag::NeverRefreshed, Place::of_member(node.head.declaration, Symbol()),
                fmt::format("no schedule refreshes `{}`", node.head.name.text()))
        .help("add it to the `run` of a schedule");
  }
}

}  // namespace

void resolve_selections(const std::vector<Member>& members, pipeline::Pipeline& pipeline, Sink& sink) {
  bool doubtful = std::any_of(members.begin(), members.end(), [](const Member& member) {
    return member.declaration->broken || member.result->has_errors();
  });
  Selector selector(pipeline, doubtful);
  for (const Member& member : members) {
    if (member.declaration->kind != DeclKind::Schedule || member.result->schedules.empty()) continue;
    if (member.declaration->broken) continue;  // what it runs may be what could not be read
    Resolving context{*member.declaration, *member.declaration->tree, sink};
    NameSet chosen;
    NodeId run;
    for (NodeId item : context.tree.list(context.tree.get<ast::ScheduleDecl>(context.tree.root).items)) {
      if (!context.tree.is<ast::Property>(item) || context.tree.name(item).text() != "run") continue;
      run = item;
      for (NodeId child : context.tree.children(item)) {
        auto nodes = context.tree.is<ast::List>(child) ? context.tree.list(child) : std::span<const NodeId>(&child, 1);
        for (NodeId node : nodes) {
          if (!context.tree.is<ast::Selection>(node)) continue;
          NameSet names = selector.select(context, node);
          chosen.insert(names.begin(), names.end());
        }
      }
    }
    const bool lacking = selector.lacked_names();
    for (pipeline::Schedule& schedule : pipeline.schedules) {
      if (schedule.head.declaration != member.declaration->key) continue;
      Hasher hasher;
      hasher.add(schedule.head.fingerprint);
      for (Symbol name : pipeline.order) {
        if (!chosen.count(name)) continue;
        const pipeline::Node& node = *pipeline.node(name);
        if (!is_run(node)) continue;
        // What runs all the time is not started by the clock as well.
        bool continuous = schedule.start == pipeline::Schedule::Start::Continuous;
        if (!continuous && is_streaming(pipeline, node)) continue;
        schedule.nodes.push_back(name);
        hasher.add(name.text());
      }
      for (const pipeline::Check& check : pipeline.checks) {
        if (!chosen.count(check.target)) continue;
        schedule.checks.push_back(check.head.name);
        hasher.add(check.head.name.text());
      }
      for (const pipeline::Dashboard& dashboard : pipeline.dashboards) {
        auto reads = [&](const pipeline::TableUse& use) { return chosen.count(use.table) != 0; };
        if (!dashboard.refresh_after_run || std::none_of(dashboard.reads.begin(), dashboard.reads.end(), reads))
          continue;
        schedule.dashboards.push_back(dashboard.head.name);
        hasher.add(dashboard.head.name.text());
      }
      schedule.head.fingerprint = hasher.finish();
      check_after(context, pipeline, schedule);
      if (!lacking) check_deadline(context, run, pipeline, schedule);
    }
  }
  // What a broken block would have run, nobody knows.
  const bool whole = std::none_of(members.begin(), members.end(), [](const Member& member) {
    return member.declaration->broken || member.result->has_errors();
  });
  if (whole) report_unrefreshed(pipeline, sink);
}

}  // namespace pipec::semantic
