// journeys: an application of a Spring Cloud estate; it says from outside what it sees of the registry and of its settings.
package it.staffetta.journeys;

import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestTemplate;

@SpringBootApplication
public class Application {
  public static void main(String[] words) {
    SpringApplication.run(Application.class, words);
  }

  /** Takes a service's name where an address has its host, and asks the registry for one of its instances. */
  @Bean
  @LoadBalanced
  RestTemplate byName() {
    return new RestTemplate();
  }
}

@RestController
class Desk {
  private final DiscoveryClient discovery;
  private final RestTemplate byName;
  private final Environment settings;
  private final Greeting greeting;

  Desk(DiscoveryClient discovery, RestTemplate byName, Environment settings, Greeting greeting) {
    this.discovery = discovery;
    this.byName = byName;
    this.settings = settings;
    this.greeting = greeting;
  }

  /** The addresses of a service's instances, as the registry told them. */
  @GetMapping("/seen/{service}")
  List<String> seen(@PathVariable String service) {
    return discovery.getInstances(service).stream().map(ServiceInstance::getUri).map(Object::toString).toList();
  }

  /** Asks a service by its name, and passes on what it answers. */
  @GetMapping("/ask/{service}")
  String ask(@PathVariable String service, @RequestParam String path) {
    return byName.getForObject("http://" + service + path, String.class);
  }

  /** A setting's value as it is now; 404 where it has none. */
  @GetMapping("/setting/{name}")
  ResponseEntity<String> setting(@PathVariable String name) {
    return ResponseEntity.of(Optional.ofNullable(settings.getProperty(name)));
  }

  /** What a part of the application was given at its making; a refresh makes it anew. */
  @GetMapping("/greeting")
  String greeting() {
    return greeting.words();
  }
}

@RefreshScope
@Component
class Greeting {
  private final String words;

  Greeting(@Value("${greeting:none}") String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
