// The project's materialized views and streaming tables as one declarative pipeline.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::databricks {

/// spark-pipeline.yml, which names the statements that create them where they lie: what `spark-pipelines dry-run` reads.
/// Nothing where there are none.
ArtifactFiles pipeline_index(View& view, const ArtifactFiles& emitted);

}  // namespace pipec::backend::databricks
