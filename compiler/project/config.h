// pipec.yaml: what a project is called, how its connections are reached, which targets it is built for. Values are
// checked for form when read; variables and `like` are resolved for the one target that a command is about.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/vfs.h"
#include "diagnostics/diagnostic.h"

namespace pipec::project {

inline constexpr std::string_view kConfigFile = "pipec.yaml";

/// A scalar with its bytes in pipec.yaml, so that whoever finds it wrong can point there.
struct Text {
  std::string value;
  Span span;
  Place place() const { return Place::in_file(Symbol::of(kConfigFile), span); }
};

/// `name: value`. A null value (`dagster:`) is an empty text at its key.
struct Setting {
  Text name;
  Text value;
};
using Settings = std::map<std::string, Setting>;

/// One field of a connection: plain, or per backend a plain value or a reference ("env:X", "file:/x.properties#key").
struct FieldConfig {
  Text name;
  std::optional<Text> plain;
  Settings per_backend;
};

struct ConnectionConfig {
  Text name;
  std::map<std::string, FieldConfig> fields;
};

struct BackendConfig {
  Text name;
  Settings options;
};

struct TargetConfig {
  Text name;
  std::optional<Text> like;
  Settings warehouse;                      // engine, catalog, landing, schema_prefix
  std::optional<Text> start;               // a day before which nothing is built
  std::optional<Text> exports, schedules;  // true or false; the first target has both, others have neither
  std::map<std::string, BackendConfig> backends;

  /// Empty where there is none.
  const std::string& of_warehouse(const std::string& key) const;
};

struct Config {
  Text name;
  Settings vars;
  std::optional<Text> owner;  // default
  bool require_owner = false;
  bool require_description = false;
  std::vector<std::string> deny;  // codes of warnings that are errors here; "warnings": all of them
  std::map<std::string, ConnectionConfig> connections;
  std::vector<TargetConfig> targets;  // as they stand; the first one captures and serves
};

struct LoadedConfig {
  bool ok = false;  // false: errors were reported, and `config` holds what could be read
  Config config;
  /// The file's text with every literal secret blotted out byte by byte: what diagnostics may quote.
  std::string shown_text;
};

/// Reads pipec.yaml from the root of the project.
LoadedConfig load_config(const Vfs& vfs, Sink& sink);
LoadedConfig parse_config(std::string_view text, Sink& sink);

using Variables = std::map<std::string, std::string>;

/// A target with its `like` and variables resolved, and the connections with theirs.
struct Selection {
  bool ok = false;
  bool first = false;  // the target that captures and serves
  TargetConfig target;
  std::map<std::string, ConnectionConfig> connections;
};

/// `target`: empty means the first. `variables` are those of --var; they win over `vars`.
Selection select_target(const Config& config, const std::string& target, const Variables& variables, Sink& sink);

/// What backends know of their options, without this folder's users having to say it in YAML terms.
struct KnownOption {
  std::string_view name;
  std::vector<std::string_view> allowed;           // empty: any text
  bool (*fits)(std::string_view value) = nullptr;  // null: any text
  std::string_view help = {};                      // what fits
};
struct KnownBackend {
  std::string_view name;
  std::vector<KnownOption> options;
};
/// Unknown backends, options and option values of a selected target.
void check_backends(const Selection& selection, const std::vector<KnownBackend>& known, Sink& sink);

}  // namespace pipec::project
