// What the documents are made of: read through a unit's View, or for the index straight from the Pipeline,
// whose every object the View would otherwise have to write down.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::dagster {

class Facts {
 public:
  virtual ~Facts() = default;
  virtual const pipeline::Target& target() = 0;
  virtual const pipeline::Node* node(Symbol name) = 0;
  virtual const pipeline::Model* model(Symbol name) = 0;
  virtual const pipeline::Export* export_(Symbol name) = 0;
  virtual const pipeline::Source* source(Symbol name) = 0;
  virtual const pipeline::Check* check(Symbol name) = 0;
  virtual const pipeline::Schedule* schedule(Symbol name) = 0;
  virtual const pipeline::StepList* steps(Symbol owner) = 0;
  /// The capture that keeps a log; logs alone ask for it.
  virtual const pipeline::Cdc* cdc_of_log(const pipeline::Node& log) = 0;
};

class ViewFacts : public Facts {
 public:
  explicit ViewFacts(View& view) : view_(view) {}
  const pipeline::Target& target() override { return view_.target(); }
  const pipeline::Node* node(Symbol name) override { return view_.node(name); }
  const pipeline::Model* model(Symbol name) override { return view_.model(name); }
  const pipeline::Export* export_(Symbol name) override { return view_.export_(name); }
  const pipeline::Source* source(Symbol name) override { return view_.source(name); }
  const pipeline::Check* check(Symbol name) override { return view_.check(name); }
  const pipeline::Schedule* schedule(Symbol name) override { return view_.schedule(name); }
  const pipeline::StepList* steps(Symbol owner) override { return view_.steps(owner); }
  const pipeline::Cdc* cdc_of_log(const pipeline::Node& log) override;

 private:
  View& view_;
};

class PipelineFacts : public Facts {
 public:
  explicit PipelineFacts(View& view) : view_(view), pipeline_(view.everything()) {}
  const pipeline::Target& target() override { return pipeline_.target; }
  const pipeline::Node* node(Symbol name) override { return pipeline_.node(name); }
  const pipeline::Model* model(Symbol name) override { return pipeline_.model(name); }
  const pipeline::Export* export_(Symbol name) override { return pipeline_.export_(name); }
  const pipeline::Source* source(Symbol name) override { return pipeline_.source(name); }
  const pipeline::Check* check(Symbol name) override { return view_.check(name); }
  const pipeline::Schedule* schedule(Symbol name) override { return view_.schedule(name); }
  const pipeline::StepList* steps(Symbol owner) override { return view_.steps(owner); }
  const pipeline::Cdc* cdc_of_log(const pipeline::Node& log) override { return &pipeline_.cdcs[log.object]; }

 private:
  View& view_;
  const pipeline::Pipeline& pipeline_;
};

}  // namespace pipec::backend::dagster
