// A backend that gives a manifest of nodes and Steps to an orchestrator, with the Python runtime that reads it. What
// tells orchestrators apart is the class below it: which documents the platform itself reads first, and its options.
#pragma once

#include <string_view>

#include "backend/backend.h"
#include "orchestration/documents.h"

namespace pipec::orchestration {

class ManifestBackend : public backend::Backend {
 public:
  /// `title`: as people write it, "Airflow".
  explicit ManifestBackend(std::string_view title) : title_(title) {}

  std::vector<backend::Unit> units(const pipeline::Pipeline& pipeline) const override;
  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override;
  ArtifactFiles emit(backend::View& view, const backend::Unit& unit) const override;
  ArtifactFiles index(backend::View& view, const ArtifactFiles& emitted) const override;
  std::vector<backend::DeployStep> deploy(backend::View& view, const ArtifactFiles& emitted) const override;

 protected:
  /// What the platform opens, which names the manifest beside it.
  virtual ArtifactFiles entry_files(backend::View& view) const = 0;
  /// What somebody does to load the definitions, last of all.
  struct Loading {
    std::string_view id, text,
        file;  // "dagster/definitions", "reload the code location of ...", the file that it is about
  };
  virtual Loading loading() const = 0;

 private:
  std::string_view title_;
};

/// The option of all orchestrators: whether schedules fire once they are loaded.
backend::OptionSpec schedules_option();

}  // namespace pipec::orchestration
