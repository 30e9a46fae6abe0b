// The files of programs in Python: read, and put into the Pipeline as texts.
#pragma once

#include "base/vfs.h"
#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"

namespace pipec::project {

/// Of jobs and of models in Python. What a file says is part of the fingerprint of whoever runs it.
void read_programs(const Vfs& vfs, pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::project
