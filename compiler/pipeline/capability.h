// What a project can ask of a platform. Each backend says which of these it takes on; what nobody takes on is refused
// where it is written, by `build` alone.
#pragma once

#include <string>

#include "base/symbol.h"
#include "base/text.h"

namespace pipec::pipeline {

enum class Capability {
  SourcePostgres,
  SourceSqlServer,
  SourceMySql,
  SourceKafka,
  SourceFiles,
  SourceRest,
  SourceExternal,
  SourceReplica,    // reads from a replica
  SourceSlot,       // names of a publication and a slot
  SourceLandEvery,  // how often changes are landed
  SourceSignals,    // a table of signals in the database
  SourceZone,       // a table or column with a zone of its own
  SourceSetting,    // a setting of the capturing connector by its own name
  SourceFresh,
  CdcLog,
  CdcCurrent,
  CdcHistory,
  CdcAddColumns,  // `on new column add`
  CdcErase,
  LoadFiles,     // from a source of files
  LoadDatabase,  // from tables of a database
  LoadService,   // from resources of a service
  LoadTopic,     // from topics
  Snapshot,
  Seed,
  ModelView,
  ModelFull,
  ModelIncrementalByTime,
  ModelIncrementalByKey,
  ModelStreaming,
  ModelMaterializedView,
  ModelPython,
  ModelLayout,
  ModelPartition,
  ModelGrant,
  ModelKey,
  ModelWindow,  // `window.start`, `window.end` written by hand
  ModelForwardOnly,
  ModelHistoryReset,
  ExpectDrop,
  ExpectQuarantine,
  Check,
  Destination,  // of another kind than postgres
  ExportPostgresUpsert,
  ExportSwap,
  ExportReplace,
  ExportKeepDeletes,
  ExportColumns,
  ExportVersion,  // views of some columns, for readers of before
  ExportVector,
  Publish,
  Entity,
  Metric,
  Dashboard,
  Job,
  Schedule,
  ScheduleManual,
  ScheduleContinuous,
  ScheduleAfter,
  ScheduleWindow,  // `process`, `reprocess`
  ScheduleAlert,
};

/// One thing that an object asks for, with its words.
struct Need {
  Capability capability;
  Symbol declaration;
  Span span;         // empty: the declaration itself
  std::string what;  // "a kafka source"
};

}  // namespace pipec::pipeline
