import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Reads resources with the operator's own model; prints a line for each field that it has not, or that has another type. */
public class StrimziModel {
    static final String MODEL = "io.strimzi.api.kafka.model.";

    public static void main(String[] files) throws Exception {
        var mapper = new ObjectMapper(new YAMLFactory());
        for (String file : files) {
            JsonNode raw = mapper.readTree(new File(file));
            Class<?> type = Class.forName(MODEL + switch (raw.get("kind").asText()) {
                case "KafkaConnector" -> "connector.KafkaConnector";
                case "KafkaTopic" -> "topic.KafkaTopic";
                default -> throw new IllegalArgumentException(raw.get("kind").asText());
            });
            try {
                walk(file, mapper.treeToValue(raw, type), "", Collections.newSetFromMap(new IdentityHashMap<>()));
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                System.out.println(file + ": " + e.getOriginalMessage());
            }
        }
    }

    /** What the model does not know lies in a map beside what it knows. */
    static void walk(String file, Object value, String path, Set<Object> seen) throws ReflectiveOperationException {
        if (value == null || !value.getClass().getName().startsWith("io.strimzi") || !seen.add(value)) {
            return;
        }
        for (var method : value.getClass().getMethods()) {
            if (method.getParameterCount() != 0 || !method.getName().startsWith("get") || method.getName().equals("getClass")) {
                continue;
            }
            Object member = method.invoke(value);
            if (method.getName().equals("getAdditionalProperties")) {
                ((Map<?, ?>) member).keySet().forEach(name -> System.out.println(file + ": no field " + path + name));
            } else if (member instanceof Collection<?> all) {
                for (Object each : all) {
                    walk(file, each, path + method.getName().substring(3) + ".", seen);
                }
            } else {
                walk(file, member, path + method.getName().substring(3) + ".", seen);
            }
        }
    }
}
