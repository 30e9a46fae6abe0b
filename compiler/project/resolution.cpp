#include "project/resolution.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include <fmt/format.h>

#include "base/parallel.h"
#include "semantic/diagnostics.h"
#include "semantic/resolve.h"

namespace pipec::project {
namespace {

using semantic::Declaration;
using semantic::DeclKind;
using semantic::Resolved;

Fingerprint of_facts(const semantic::ProjectFacts& facts) {
  Hasher hasher;
  hasher.add(facts.owner).add(uint64_t{facts.require_owner}).add(uint64_t{facts.require_description});
  for (std::string_view name : facts.connections) hasher.add(name);
  return hasher.finish();
}

bool still_holds(const Resolved& result, const semantic::World& world) {
  for (const auto& [key, fingerprint] : result.reads) {
    if (world.fingerprint(key) != fingerprint) return false;
  }
  return true;
}

// A block with syntax errors: what it says is used, what is wrong in it is not reported a second time.
Resolved resolve_with_errors(const Declaration& declaration, const semantic::World& world) {
  if (declaration.tree->kind(declaration.tree->root) == ast::NodeKind::Error) return resolve_broken(declaration);
  Resolved result = semantic::resolve(declaration, world);
  result.diagnostics.clear();
  bool contract = !result.models.empty() && result.models[0].has_contract;
  for (sql::TableInterface& table : result.tables) table.broken = table.broken || !contract;
  for (pipeline::Source& source : result.sources) source.broken = true;
  for (pipeline::Model& model : result.models) model.head.broken = true;
  for (pipeline::Entity& entity : result.entities) entity.head.broken = true;
  if (result.function) result.function->broken = true;
  return result;
}

// The shortest way round from a member of a cycle back to itself, as names.
std::string cycle_path(Symbol start, const std::map<Symbol, std::vector<Symbol>, ByText>& needs) {
  std::map<Symbol, Symbol, ByText> from;
  std::vector<Symbol> open = {start};
  for (size_t i = 0; i < open.size(); ++i) {
    for (Symbol next : needs.at(open[i])) {
      if (next == start) {
        std::vector<Symbol> path = {start};
        for (Symbol at = open[i]; at != start; at = from[at]) path.push_back(at);
        path.push_back(start);
        std::string text;
        for (auto name = path.rbegin(); name != path.rend(); ++name) {
          std::string_view key = name->text();
          text += fmt::format("{}`{}`", text.empty() ? "" : " reads ", key.substr(key.find(':') + 1));
        }
        return text;
      }
      if (needs.count(next) && !from.count(next)) {
        from[next] = open[i];
        open.push_back(next);
      }
    }
  }
  return {};
}

}  // namespace

void ResolutionStore::run(const Wave& wave, semantic::World& world, unsigned jobs, Resolution& out) {
  std::vector<std::shared_ptr<const Resolved>> results(wave.size());
  std::vector<size_t> stale;
  for (size_t i = 0; i < wave.size(); ++i) {
    const Declaration& declaration = wave[i]->declaration;
    auto found = entries_.find(declaration.key);
    bool holds = found != entries_.end() && found->second.text == declaration.text &&
                 found->second.file == declaration.file && found->second.broken == declaration.broken &&
                 still_holds(*found->second.result, world);
    if (holds) {
      results[i] = found->second.result;
    } else {
      stale.push_back(i);
    }
  }
  parallel_for(stale.size(), jobs, [&](size_t k) {
    const Declaration& declaration = wave[stale[k]]->declaration;
    results[stale[k]] = std::make_shared<Resolved>(declaration.broken ? resolve_with_errors(declaration, world)
                                                                      : semantic::resolve(declaration, world));
  });
  resolved_anew_ += stale.size();
  for (size_t i = 0; i < wave.size(); ++i) {
    const Declaration& declaration = wave[i]->declaration;
    entries_[declaration.key] = {declaration.text, declaration.file, declaration.broken, results[i]};
    world.add(declaration, results[i]);
    out.members.push_back({&declaration, results[i]});
  }
}

// Waves of those whose needs are met; what is left when no wave can be made is on a cycle, or behind one.
void ResolutionStore::run_ordered(Wave wave, semantic::World& world, unsigned jobs, Resolution& out) {
  std::unordered_map<Symbol, const Placed*> owner;  // folded name -> declaration of this wave
  for (const Placed* placed : wave) {
    owner.emplace(placed->declaration.name, placed);
    for (Symbol name : placed->declaration.produces) owner.emplace(name, placed);
  }
  std::unordered_map<Symbol, size_t> missing;
  std::unordered_map<Symbol, std::vector<const Placed*>> readers;
  std::map<Symbol, std::vector<Symbol>, ByText> needs;
  for (const Placed* placed : wave) {
    size_t& count = missing[placed->declaration.key];
    std::vector<Symbol>& list = needs[placed->declaration.key];
    for (Symbol mention : placed->declaration.mentions) {
      auto found = owner.find(mention);
      if (found == owner.end()) continue;
      if (found->second == placed && placed->declaration.kind == DeclKind::Model && mention != placed->declaration.name)
        continue;
      ++count;
      readers[found->second->declaration.key].push_back(placed);
      list.push_back(found->second->declaration.key);
    }
  }
  Wave ready;
  for (const Placed* placed : wave) {
    if (missing[placed->declaration.key] == 0) ready.push_back(placed);
  }
  size_t done = 0;
  while (!ready.empty()) {
    run(ready, world, jobs, out);
    done += ready.size();
    Wave next;
    for (const Placed* placed : ready) {
      for (const Placed* reader : readers[placed->declaration.key]) {
        if (--missing[reader->declaration.key] == 0) next.push_back(reader);
      }
    }
    std::sort(next.begin(), next.end(),
              [](const Placed* a, const Placed* b) { return a->declaration.key.text() < b->declaration.key.text(); });
    ready = std::move(next);
  }
  if (done == wave.size()) return;
  Sink sink;
  std::set<Symbol, ByText> told;
  Wave behind;
  for (const Placed* placed : wave) {
    if (missing[placed->declaration.key] == 0) continue;
    const Declaration& declaration = placed->declaration;
    std::string path = cycle_path(declaration.key, needs);
    if (path.empty()) {
      behind.push_back(placed);
      continue;
    }
    // One error a cycle: at its first member by place in the files.
    bool known = false;
    for (Symbol member : told) known = known || path.find(fmt::format("`{}`", member.text())) != std::string::npos;
    if (!known) {
      told.insert(declaration.name);
      sink.report(semantic::diag::Cycle, Place::in(declaration.key, {}), fmt::format("a cycle: {}", path))
          .help("take one of these reads out: a table cannot be made from itself");
    }
    auto broken = std::make_shared<Resolved>(semantic::resolve_broken(declaration));
    entries_.erase(declaration.key);
    world.add(declaration, broken);
    out.members.push_back({&declaration, broken});
  }
  auto found = sink.take();
  out.diagnostics.insert(out.diagnostics.end(), found.begin(), found.end());
  if (!behind.empty()) {
    // With the cycle's members out of the way those behind it can be ordered among themselves.
    run_ordered(std::move(behind), world, jobs, out);
  }
}

Resolution ResolutionStore::resolve(const Declarations& declarations, const semantic::ProjectFacts& facts,
                                    unsigned jobs) {
  if (Fingerprint now = of_facts(facts); !(now == facts_)) {
    entries_.clear();
    facts_ = now;
  }
  resolved_anew_ = 0;
  Resolution out;
  semantic::World world(facts);
  auto of_kind = [&](std::initializer_list<DeclKind> kinds) {
    Wave wave;
    for (const Placed& placed : declarations.placed) {
      if (std::find(kinds.begin(), kinds.end(), placed.declaration.kind) != kinds.end()) wave.push_back(&placed);
    }
    return wave;
  };
  run(of_kind({DeclKind::Source, DeclKind::Destination}), world, jobs, out);
  run_ordered(of_kind({DeclKind::Function}), world, jobs, out);
  Wave cdcs = of_kind({DeclKind::Cdc}), wildcards;
  auto is_wildcard = [](const Placed* placed) { return placed->declaration.name.text().ends_with("*"); };
  std::copy_if(cdcs.begin(), cdcs.end(), std::back_inserter(wildcards), is_wildcard);
  std::erase_if(cdcs, is_wildcard);
  run(cdcs, world, jobs, out);
  run(wildcards, world, jobs, out);
  run(of_kind({DeclKind::Load, DeclKind::Seed}), world, jobs, out);
  run_ordered(of_kind({DeclKind::Model, DeclKind::Snapshot, DeclKind::Job}), world, jobs, out);
  run(of_kind({DeclKind::Check, DeclKind::Test, DeclKind::Export, DeclKind::Dashboard, DeclKind::Entity}), world, jobs,
      out);
  run(of_kind({DeclKind::Publish, DeclKind::Metric, DeclKind::Schedule}), world, jobs, out);
  std::sort(out.members.begin(), out.members.end(), [](const semantic::Member& a, const semantic::Member& b) {
    return a.declaration->key.text() < b.declaration->key.text();
  });

  Sink sink;
  std::map<Symbol, Symbol, ByText> owner;     // node -> declaration
  std::map<Symbol, Symbol, ByText> captured;  // source table -> declaration
  for (const semantic::Member& member : out.members) {
    out.diagnostics.insert(out.diagnostics.end(), member.result->diagnostics.begin(), member.result->diagnostics.end());
    for (const pipeline::Cdc& cdc : member.result->cdcs) {
      Symbol table = qualified(cdc.source, qualified(cdc.table_schema, cdc.table_name)).folded();
      auto [entry, is_new] = captured.emplace(table, member.declaration->key);
      if (is_new) continue;
      sink.report(semantic::diag::CapturedTwice, Place::in(member.declaration->key, {}),
                  fmt::format("`{}` is captured twice", table.text()))
          .label(Place::in(entry->second, {}), "captured here already")
          .help("keep one of them, and read its table where the other is needed");
    }
    for (const pipeline::Node& node : member.result->nodes) {
      auto [entry, is_new] = owner.emplace(node.head.name, member.declaration->key);
      if (is_new) continue;
      sink.report(semantic::diag::DuplicateDeclaration, Place::in(member.declaration->key, {}),
                  fmt::format("two declarations write `{}`", node.head.name.text()))
          .label(Place::in(entry->second, {}), "the other one")
          .help("one table has one writer: rename one of them");
    }
  }
  auto found = sink.take();
  out.diagnostics.insert(out.diagnostics.end(), found.begin(), found.end());
  std::unordered_set<Symbol> alive;
  for (const Placed& placed : declarations.placed) alive.insert(placed.declaration.key);
  std::erase_if(entries_, [&](const auto& entry) { return !alive.count(entry.first); });
  return out;
}

}  // namespace pipec::project
