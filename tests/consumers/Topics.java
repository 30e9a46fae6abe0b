// Creates topics on a broker, and tells what the broker then has of them.
import java.util.*;
import java.util.stream.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.common.config.ConfigResource;

/** Lines on the input: name, partitions, key=value ..., with tabs between them. Lines on the output: "topic" and the same, of the settings that
 *  are not the broker's own. */
public class Topics {
  public static void main(String[] args) throws Exception {
    List<String[]> wanted = new Scanner(System.in).useDelimiter("\\R").tokens().map(line -> line.split("\t")).toList();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) args[0]))) {
      admin.createTopics(wanted.stream().map(Topics::topic).toList()).all().get();
      List<String> names = wanted.stream().map(part -> part[0]).toList();
      Map<String, TopicDescription> known = admin.describeTopics(names).allTopicNames().get();
      for (String name : names) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        Stream<String> settings = admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
            .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
            .map(entry -> entry.name() + "=" + entry.value()).sorted();
        System.out.println("topic\t" + name + "\t" + known.get(name).partitions().size() + settings.map(s -> "\t" + s).collect(Collectors.joining()));
      }
    }
  }

  static NewTopic topic(String[] parts) {
    Map<String, String> settings = new HashMap<>();
    for (int i = 2; i < parts.length; ++i) {
      int sign = parts[i].indexOf('=');
      settings.put(parts[i].substring(0, sign), parts[i].substring(sign + 1));
    }
    return new NewTopic(parts[0], Optional.of(Integer.parseInt(parts[1])), Optional.of((short) 1)).configs(settings);
  }
}
