// What a service is asked for, and where its answers are put: files like any other, read by the load's next steps.
#pragma once

#include "artifact/document.h"
#include "pipeline/pipeline.h"

namespace pipec::backend::databricks {

/// The folder of the landing for what one load is answered.
std::string fetched_folder(const pipeline::Target& target, const pipeline::Load& load);

/// docs/schemas/fetch.schema.json; secrets by name alone.
Value fetch_document(const pipeline::Target& target, const pipeline::Source& source, const pipeline::SourceTable& table,
                     const pipeline::Load& load);

}  // namespace pipec::backend::databricks
