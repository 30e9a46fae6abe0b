#include "kafka_connect/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "kafka_connect/diagnostics.h"
#include "kafka_connect/fields.h"

namespace pipec::backend::kafka_connect {
namespace {

/// pipec sets them, and nothing relies on what to.
constexpr std::string_view kFree[] = {"data.query.mode", "errors.max.retries", "retriable.restart.connector.wait.ms",
                                      "snapshot.isolation.mode", "snapshot.locking.mode"};

/// They say what lands and how; the warehouse reads what pipec's own settings make.
constexpr std::string_view kOurs[] = {"binary.handling",  "column.",          "converters",
                                      "database.exclude", "database.include", "decimal.handling",
                                      "field.name.",      "header.converter", "interval.handling",
                                      "key.converter",    "message.",         "post.processors",
                                      "predicates",       "replace.",         "sanitize.",
                                      "schema.exclude",   "schema.include",   "schema.name.",
                                      "table.",           "time.precision",   "topic.",
                                      "transforms",       "unavailable.",     "value.converter"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_secret(std::string_view key) {
  std::string text = lower(key);
  for (std::string_view word : {"password", "secret", "jaas", "token", "credential", "private.key"}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

bool is_ours(const Config& generated, std::string_view key) {
  if (std::find(std::begin(kFree), std::end(kFree), key) != std::end(kFree)) return false;
  bool set = std::any_of(generated.begin(), generated.end(), [&](const auto& entry) { return entry.first == key; });
  return set || std::any_of(std::begin(kOurs), std::end(kOurs), [&](auto prefix) { return key.starts_with(prefix); });
}

void check(const Config& generated, const pipeline::SourceSetting& setting, Plugin plugin, Place place, Sink& sink) {
  if (!known_key(plugin, setting.key)) {
    std::string suggestion = key_suggestion(plugin, setting.key);
    sink.report(diag::Setting, place, fmt::format("the connector has no setting `{}`", setting.key))
        .help(suggestion.empty() ? "look the name up in the connector's documentation: a worker would ignore it"
                                 : suggestion);
  } else if (is_ours(generated, setting.key)) {
    sink.report(diag::Setting, place, fmt::format("`{}` is not the author's to set", setting.key))
        .help("take it out: pipec sets it, or relies on it that nobody does, as it decides what lands");
  } else if (is_secret(setting.key) && field_value(setting.value).state != Field::State::Reference) {
    sink.report(diag::Setting, place, fmt::format("the value of `{}` is written out", setting.key))
        .help("write where a worker finds it: 'env:NAME' or 'file:/path#key'");
  } else if (reads_as_reference(setting.value)) {
    sink.report(diag::Setting, place, fmt::format("Kafka Connect would replace a part of `{}`", setting.value))
        .help("write a reference as 'env:NAME' or 'file:/path#key', and nothing beside it");
  }
}

}  // namespace

void apply_settings(Config& config, const Capture& capture) {
  for (const pipeline::SourceSetting& setting : capture.source->settings) {
    std::string value = field_value(setting.value).value;
    auto found =
        std::find_if(config.begin(), config.end(), [&](const auto& entry) { return entry.first == setting.key; });
    if (found == config.end()) {
      config.emplace_back(setting.key, std::move(value));
    } else {
      found->second = std::move(value);
    }
  }
}

void check_settings(const Config& generated, const Capture& capture, Plugin plugin, Sink& sink) {
  for (size_t i = 0; i < capture.source->settings.size(); ++i) {
    const pipeline::SourceSetting& setting = capture.source->settings[i];
    Place place = Place::in(capture.source->head.declaration, setting.span);
    auto same = [&](const pipeline::SourceSetting& other) { return other.key == setting.key; };
    auto begin = capture.source->settings.begin();
    if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(i), same)) {
      sink.report(diag::Setting, place, fmt::format("`{}` is set twice", setting.key)).help("keep one of them");
      continue;
    }
    check(generated, setting, plugin, place, sink);
  }
}

}  // namespace pipec::backend::kafka_connect
