#include "syntax/block_words.h"

#include <algorithm>

namespace pipec::syntax {
namespace {

using Words = std::string_view;

constexpr Words kSource[] = {"auth", "base_url",    "cdc",   "connection", "database", "description",
                             "drop", "format",      "fresh", "kind",       "loaded",   "owner",
                             "path", "publication", "rate",  "replica",    "resource", "schema",
                             "slot", "table",       "tags",  "timestamps", "topic"};
constexpr Words kCdc[] = {"deletes", "description", "erase", "history", "key", "log", "on", "owner", "tags"};
constexpr Words kLoad[] = {"append", "bad",       "description", "duplicates", "full", "incremental", "key",
                           "owner",  "partition", "retain",      "tags",       "tier", "write"};
constexpr Words kSnapshot[] = {"compare", "deletes", "description", "key", "owner", "tags"};
constexpr Words kSeed[] = {"columns", "description", "file", "format", "key", "owner", "tags"};
constexpr Words kModel[] = {"access", "as",      "assume",       "cluster", "columns",   "description",
                            "expect", "forward", "full",         "grant",   "history",   "incremental",
                            "key",    "layout",  "materialized", "owner",   "partition", "python",
                            "reads",  "renamed", "streaming",    "tags",    "view"};
constexpr Words kCheck[] = {"as", "description", "else", "owner", "tags"};
constexpr Words kTest[] = {"change", "description", "expect", "given", "owner", "run", "step", "tags"};
constexpr Words kDestination[] = {"auth", "base_url", "connection", "database", "description", "format",
                                  "kind", "owner",    "path",       "rate",     "schema",      "tags"};
constexpr Words kExport[] = {"columns", "deletes", "description", "freshness", "grant",  "index",  "key",
                             "mode",    "owner",   "renamed",     "tags",      "vector", "version"};
constexpr Words kSchedule[] = {"after",  "continuous", "cron",    "description", "every",     "finish",
                               "manual", "on",         "owner",   "process",     "reprocess", "retry",
                               "run",    "tags",       "timeout", "timezone"};
constexpr Words kPublish[] = {"description", "owner", "tags", "together"};
constexpr Words kEntity[] = {"description", "join", "key", "owner", "tags"};
constexpr Words kMetric[] = {"by", "description", "measure", "owner", "tags", "time"};
constexpr Words kDashboard[] = {"connection", "description", "owner", "reads", "refresh", "tags", "tool"};
constexpr Words kJob[] = {"columns", "description", "incremental", "owner",   "python",
                          "reads",   "secrets",     "tags",        "timeout", "writes"};

constexpr BlockWord kBlocks[] = {
    {"source", HeaderShape::Brace, Entry::SourceHeader, Entry::SourceItem, kSource},
    {"cdc", HeaderShape::From, Entry::CdcHeader, Entry::CdcItem, kCdc},
    {"load", HeaderShape::From, Entry::LoadHeader, Entry::LoadItem, kLoad},
    {"snapshot", HeaderShape::From, Entry::SnapshotHeader, Entry::SnapshotItem, kSnapshot},
    {"seed", HeaderShape::Brace, Entry::SeedHeader, Entry::SeedItem, kSeed},
    {"function", HeaderShape::Parenthesis, Entry::FunctionHeader, Entry::FunctionBody, {}},
    {"model", HeaderShape::Brace, Entry::ModelHeader, Entry::ModelItem, kModel},
    {"check", HeaderShape::On, Entry::CheckHeader, Entry::CheckItem, kCheck},
    {"test", HeaderShape::String, Entry::TestHeader, Entry::TestItem, kTest},
    {"destination", HeaderShape::Brace, Entry::DestinationHeader, Entry::DestinationItem, kDestination},
    {"export", HeaderShape::To, Entry::ExportHeader, Entry::ExportItem, kExport},
    {"publish", HeaderShape::Brace, Entry::PublishHeader, Entry::PublishItem, kPublish},
    {"entity", HeaderShape::On, Entry::EntityHeader, Entry::EntityItem, kEntity},
    {"metric", HeaderShape::On, Entry::MetricHeader, Entry::MetricItem, kMetric},
    {"dashboard", HeaderShape::Brace, Entry::DashboardHeader, Entry::DashboardItem, kDashboard},
    {"job", HeaderShape::Brace, Entry::JobHeader, Entry::JobItem, kJob},
    {"schedule", HeaderShape::Brace, Entry::ScheduleHeader, Entry::ScheduleItem, kSchedule},
};

bool equal_folded(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : x) == y;
         });
}

}  // namespace

const BlockWord* find_block_word(std::string_view word) {
  for (const BlockWord& block : kBlocks) {
    if (equal_folded(word, block.word)) return &block;
  }
  return nullptr;
}

std::span<const BlockWord> block_words() {
  return kBlocks;
}

}  // namespace pipec::syntax
