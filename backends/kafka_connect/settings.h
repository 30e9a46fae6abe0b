// What the connectors of all databases have in common, as settings.
#pragma once

#include <initializer_list>

#include "kafka_connect/capture.h"
#include "kafka_connect/fields.h"
#include "kafka_connect/keys.h"

namespace pipec::backend::kafka_connect {

class Settings {
 public:
  Settings& set(std::string_view key, std::string value) {
    config_.emplace_back(key, std::move(value));
    return *this;
  }
  Settings& set(std::initializer_list<std::pair<std::string_view, std::string_view>> settings) {
    for (const auto& [key, value] : settings) config_.emplace_back(key, value);
    return *this;
  }
  /// What the connection says; else `fallback`, unless that is empty.
  Settings& field(std::string_view key, const pipeline::Connection* connection, std::string_view name,
                  std::string_view fallback = {}) {
    Field field = field_of(connection, name);
    if (field.state == Field::State::Missing) field.value = fallback;
    if (!field.value.empty()) config_.emplace_back(key, std::move(field.value));
    return *this;
  }
  Config take() { return std::move(config_); }

 private:
  Config config_;
};

/// The end of a connector's class, its name, and where it reads: host, port, user, password.
Settings begin_source(const Capture& capture, std::string_view connector);
/// Which tables, and what the keys of their events are.
void set_tables(Settings& settings, const Capture& capture);
void set_snapshot(Settings& settings, const Capture& capture);
void set_heartbeat(Settings& settings, const Capture& capture);
/// How values are written: platform/data/types.json says what they become, and relies on each of these.
void set_values(Settings& settings);
/// The topic in which a connector remembers what its tables looked like when a change was written.
void set_history(Settings& settings, const Capture& capture);
/// The table of signals, as the connector names it.
std::string signal_collection(const Capture& capture);
/// What an operator asks a running connector for something by: a topic, where there are brokers to name, and a table, if
/// the source has one.
void set_signals(Settings& settings, const Capture& capture);
/// Failures, converters, topics, and how often what was read becomes visible.
void end_source(Settings& settings, const Capture& capture);
void set_errors(Settings& settings);

/// A regular expression that fits the text and nothing else.
std::string escaped(std::string_view text);
std::string milliseconds(int64_t seconds);

}  // namespace pipec::backend::kafka_connect
