#include "dagster/facts.h"

namespace pipec::backend::dagster {

const pipeline::Cdc* ViewFacts::cdc_of_log(const pipeline::Node& log) {
  for (Symbol reader : view_.readers(log.head.name)) {
    const pipeline::Cdc* cdc = view_.cdc(reader);
    if (cdc && cdc->log == log.head.name) return cdc;
  }
  return nullptr;
}

}  // namespace pipec::backend::dagster
