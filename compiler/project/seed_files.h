// The files of seeds: read, compared with the declared columns, and put into the Pipeline as rows of texts.
#pragma once

#include "base/vfs.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/render.h"
#include "pipeline/pipeline.h"

namespace pipec::project {

/// More rows than this are no seed: a statement holds them all. They belong into a source of kind `files`.
inline constexpr size_t kMostSeedRows = 10'000;

/// `texts` gets the files that something was reported in, so that their lines can be shown.
void read_seeds(const Vfs& vfs, pipeline::Pipeline& pipeline, SourceTexts& texts, Sink& sink);

}  // namespace pipec::project
