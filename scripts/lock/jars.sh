# shellcheck shell=bash
# Which jars the consumers are made of, beside the poms. Sourced after lib.sh.
DEBEZIUM=3.6.1.Final

# fetch_jars FOLDER: kafka/ delta/ download/ below it.
fetch_jars() {
  mvn_run -f "$LOCK/kafka.pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" \
    -DincludeScope=runtime -DoutputDirectory="$1/kafka"
  mvn_run -f "$LOCK/delta.pom.xml" "$MAVEN_DEPENDENCY:copy-dependencies" \
    -DincludeScope=runtime -DincludeGroupIds=io.delta,io.unitycatalog -DoutputDirectory="$1/delta"
  # The official plug-in archive leaves Kafka's own jars out, so that plug-in isolation works.
  mvn_run "$MAVEN_DEPENDENCY:copy" -Dartifact=io.debezium:debezium-connector-postgres:$DEBEZIUM:tar.gz:plugin \
    -DoutputDirectory="$1/download"
}
