// journeys: the original server of settings, as Spring Cloud Config ships it.
package it.staffetta.journeys;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.config.server.EnableConfigServer;

@SpringBootApplication
@EnableConfigServer
public class Settings {
  public static void main(String[] words) {
    SpringApplication.run(Settings.class, words);
  }
}
