// journeys: the original registry, as Spring Cloud Netflix ships it.
package it.staffetta.journeys;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;

@SpringBootApplication
@EnableEurekaServer
public class Registry {
  public static void main(String[] words) {
    SpringApplication.run(Registry.class, words);
  }
}
