import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** Lines of a file: a number, a zone, a cron of Quartz, with tabs between. Prints the number and the moments in [from, to). */
public class QuartzFires {
    public static void main(String[] arguments) throws Exception {
        long from = Long.parseLong(arguments[1]), to = Long.parseLong(arguments[2]);
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] plan = line.split("\t");
            if (!List.of(TimeZone.getAvailableIDs()).contains(plan[1])) {
                throw new IllegalArgumentException(plan[1]);
            }
            CronExpression cron = new CronExpression(plan[2]);
            cron.setTimeZone(TimeZone.getTimeZone(plan[1]));
            List<String> found = new ArrayList<>(List.of(plan[0]));
            Date at = cron.getNextValidTimeAfter(new Date(from * 1000 - 1));
            for (; at != null && at.getTime() < to * 1000; at = cron.getNextValidTimeAfter(at)) {
                found.add(Long.toString(at.getTime() / 1000));
            }
            System.out.println(String.join(" ", found));
        }
    }
}
