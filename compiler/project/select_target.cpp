#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "project/config.h"
#include "project/config_reader.h"
#include "project/diagnostics.h"

namespace pipec::project {
namespace {

template <typename Map>
std::vector<std::string_view> names_of(const Map& map) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

class Selector {
 public:
  Selector(const Config& config, const Variables& variables, Sink& sink)
      : config_(config), variables_(variables), sink_(sink) {}

  Selection select(const std::string& name) {
    Selection selection;
    const TargetConfig* target = name.empty() && !config_.targets.empty() ? &config_.targets.front() : find(name);
    if (!target) {
      if (!config_.targets.empty()) report_unknown(name, {});
      return selection;
    }
    selection.first = target == &config_.targets.front();
    selection.target = inherited(*target);
    selection.connections = config_.connections;
    substitute_all(selection);
    require_engine(selection.target);
    report_unused();
    selection.ok = !sink_.has_errors();
    return selection;
  }

  /// Two targets whose tables have the same names would write over each other.
  void check_apart() {
    std::map<std::string, const TargetConfig*> owners;
    Sink silent;  // what a target says wrong is told when it is the selected one
    for (const TargetConfig& target : config_.targets) {
      TargetConfig whole = Selector(config_, variables_, silent).select(target.name.value).target;
      std::string place;
      for (const char* key : {"engine", "catalog", "schema_prefix"}) place += whole.of_warehouse(key) + '\n';
      auto [owner, fresh] = owners.emplace(std::move(place), &target);
      if (fresh) continue;
      sink_
          .report(
              diag::SharedTarget, target.name.place(),
              fmt::format("targets `{}` and `{}` have the same tables", owner->second->name.value, target.name.value))
          .label(owner->second->name.place(), "the other one")
          .help("give one of them another `catalog` or `schema_prefix`");
    }
  }

 private:
  const TargetConfig* find(const std::string& name) const {
    for (const TargetConfig& target : config_.targets) {
      if (target.name.value == name) return &target;
    }
    return nullptr;
  }

  void report_unknown(const std::string& name, Place place) {
    std::vector<std::string_view> names;
    for (const TargetConfig& target : config_.targets) names.push_back(target.name.value);
    std::string near = did_you_mean(name, names);
    if (near.empty()) {
      near = "the targets are";
      for (std::string_view known : names) near += fmt::format(" `{}`", known);
    }
    sink_.report(diag::UnknownTarget, place, fmt::format("there is no target `{}` in pipec.yaml", name)).help(near);
  }

  // What a target does not say is as in the one that it is like, and so on up.
  TargetConfig inherited(const TargetConfig& first) {
    TargetConfig result = first;
    std::set<std::string> seen = {first.name.value};
    for (const TargetConfig* at = &first; at->like;) {
      const TargetConfig* base = find(at->like->value);
      if (!base) {
        report_unknown(at->like->value, at->like->place());
        break;
      }
      if (!seen.insert(base->name.value).second) {
        sink_
            .report(diag::TargetCycle, at->like->place(),
                    fmt::format("`{}` is like itself in the end", first.name.value))
            .label(first.name.place(), "this target");
        break;
      }
      result.warehouse.insert(base->warehouse.begin(), base->warehouse.end());
      if (!result.start) result.start = base->start;
      for (const auto& [name, backend] : base->backends) {
        auto [own, added] = result.backends.emplace(name, backend);
        if (!added) own->second.options.insert(backend.options.begin(), backend.options.end());
      }
      at = base;
    }
    return result;
  }

  void substitute_all(Selection& selection) {
    for (auto& [key, setting] : selection.target.warehouse) {
      if (substitute(setting.value)) check_warehouse(key, setting.value, sink_);
    }
    if (selection.target.start && substitute(*selection.target.start)) check_start(*selection.target.start, sink_);
    for (auto& [name, backend] : selection.target.backends) {
      for (auto& [key, option] : backend.options) substitute(option.value);
    }
    for (auto& [name, connection] : selection.connections) {
      for (auto& [key, field] : connection.fields) {
        if (field.plain) substitute(*field.plain);
        for (auto& [backend, setting] : field.per_backend) substitute(setting.value);
      }
    }
  }

  // Replaces each `${var.name}`; true if there was one, and all had values.
  bool substitute(Text& text) {
    std::string result;
    size_t done = 0;
    for (size_t at = text.value.find("${"); at != std::string::npos; at = text.value.find("${", done)) {
      size_t end = text.value.find('}', at);
      std::string inside = end == std::string::npos ? "" : text.value.substr(at + 2, end - at - 2);
      if (!inside.starts_with("var.")) {
        sink_.report(diag::WrongValue, text.place(), "only `${var.name}` can stand here")
            .help("declare the variable under `vars`");
        return false;
      }
      std::string name = inside.substr(4);
      const std::string* value = value_of(name);
      if (!value) {
        report_unknown_variable(name, text);
        return false;
      }
      result += text.value.substr(done, at - done) + *value;
      done = end + 1;
    }
    if (done == 0) return false;
    text.value = result + text.value.substr(done);
    return true;
  }

  const std::string* value_of(const std::string& name) {
    used_.insert(name);
    if (auto given = variables_.find(name); given != variables_.end()) return &given->second;
    if (auto declared = config_.vars.find(name); declared != config_.vars.end()) return &declared->second.value.value;
    return nullptr;
  }

  void report_unknown_variable(const std::string& name, const Text& text) {
    std::string near = did_you_mean(name, names_of(config_.vars));
    if (near.empty()) near = fmt::format("give it by `--var {}=...`, or a default under `vars`", name);
    sink_.report(diag::UnknownVariable, text.place(), fmt::format("the variable `{}` has no value", name)).help(near);
  }

  // A misspelt --var would silently build something else.
  void report_unused() {
    for (const auto& [name, value] : variables_) {
      if (used_.contains(name) || config_.vars.contains(name)) continue;
      std::string near = did_you_mean(name, names_of(config_.vars));
      if (near.empty()) near = "declare it under `vars` of pipec.yaml";
      sink_.report(diag::UnusedVariable, {}, fmt::format("nothing uses the variable `{}` of `--var`", name)).help(near);
    }
  }

  void require_engine(const TargetConfig& target) {
    if (target.warehouse.contains("engine")) return;
    sink_
        .report(diag::MissingKey, target.name.place(),
                fmt::format("the target `{}` has no `engine`", target.name.value))
        .help("write `warehouse: { engine: databricks }`");
  }

  const Config& config_;
  const Variables& variables_;
  Sink& sink_;
  std::set<std::string> used_;
};

}  // namespace

Selection select_target(const Config& config, const std::string& target, const Variables& variables, Sink& sink) {
  Sink own;
  Selector selector(config, variables, own);
  Selection selection = selector.select(target);
  selector.check_apart();
  selection.ok = !own.has_errors();
  sink.add(own.take());
  return selection;
}

void check_backends(const Selection& selection, const std::vector<KnownBackend>& known, Sink& sink) {
  std::vector<std::string_view> names;
  for (const KnownBackend& backend : known) names.push_back(backend.name);
  auto find = [&](const Text& name) -> const KnownBackend* {
    for (const KnownBackend& backend : known) {
      if (backend.name == name.value) return &backend;
    }
    sink.report(diag::UnknownBackend, name.place(), fmt::format("there is no backend `{}`", name.value))
        .help(did_you_mean(name.value, names));
    return nullptr;
  };
  for (const auto& [name, connection] : selection.connections) {
    for (const auto& [key, field] : connection.fields) {
      for (const auto& [backend, setting] : field.per_backend) find(setting.name);
    }
  }
  for (const auto& [name, backend] : selection.target.backends) {
    const KnownBackend* is = find(backend.name);
    if (!is) continue;
    std::vector<std::string_view> options;
    for (const KnownOption& option : is->options) options.push_back(option.name);
    for (const auto& [key, setting] : backend.options) {
      auto option = std::find_if(is->options.begin(), is->options.end(), [&](auto& o) { return o.name == key; });
      if (option == is->options.end()) {
        sink.report(diag::BadOption, setting.name.place(), fmt::format("`{}` has no option `{}`", name, key))
            .help(did_you_mean(key, options));
        continue;
      }
      if (option->fits && !option->fits(setting.value.value)) {
        sink.report(diag::BadOption, setting.value.place(),
                    fmt::format("`{}` cannot be `{}`", key, setting.value.value))
            .help(fmt::format("it is {}", option->help));
      }
      const auto& allowed = option->allowed;
      if (allowed.empty() || std::find(allowed.begin(), allowed.end(), setting.value.value) != allowed.end()) continue;
      std::string help;
      for (std::string_view word : allowed) help += fmt::format("{}`{}`", help.empty() ? "one of " : ", ", word);
      sink.report(diag::BadOption, setting.value.place(), fmt::format("`{}` cannot be `{}`", key, setting.value.value))
          .help(help);
    }
  }
}

}  // namespace pipec::project
