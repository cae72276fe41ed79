package example.acpshare;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/** Validates every .json file below a folder, and prints one line per message: SEVERITY, file, place, text, by tabs. */
public final class ValidateFolder {

  public static void main(String[] arguments) throws IOException {
    List<Path> files;
    try (Stream<Path> walked = Files.walk(Path.of(arguments[0]))) {
      files = walked.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
    FhirValidator validator = validator(files);
    for (Path file : files) {
      judge(validator, file);
    }
  }

  private static FhirValidator validator(List<Path> files) {
    FhirContext r4 = FhirContext.forR4();
    FhirInstanceValidator instance = new FhirInstanceValidator(new ValidationSupportChain(
        definitions(r4, files),
        new DefaultProfileValidationSupport(r4),
        new InMemoryTerminologyServerValidationSupport(r4),
        new CommonCodeSystemsTerminologyService(r4),
        new SnapshotGeneratingValidationSupport(r4)));
    instance.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
    instance.setAnyExtensionsAllowed(true);
    instance.setErrorForUnknownProfiles(false);
    return r4.newValidator().registerValidatorModule(instance);
  }

  /** The definitions among the files (forms, maps, terminology, models): the others refer to them. */
  private static PrePopulatedValidationSupport definitions(FhirContext r4, List<Path> files) {
    PrePopulatedValidationSupport known = new PrePopulatedValidationSupport(r4);
    for (Path file : files) {
      try {
        if (r4.newJsonParser().parseResource(Files.readString(file)) instanceof MetadataResource definition) {
          known.addResource(definition);
        }
      } catch (IOException | RuntimeException unreadable) {
        // It is reported where it is judged.
      }
    }
    return known;
  }

  /** A resource that the validator cannot even read is a fatal message about its file, not the end of the run. */
  private static void judge(FhirValidator validator, Path file) throws IOException {
    System.out.println("FILE\t" + file);
    try {
      report(file, validator.validateWithResult(Files.readString(file), new ValidationOptions()).getMessages());
    } catch (RuntimeException unreadable) {
      String text = String.valueOf(unreadable.getMessage()).replaceAll("\\s+", " ");
      System.out.println("FATAL\t" + file + "\t\t" + text);
    }
  }

  private static void report(Path file, List<SingleValidationMessage> messages) {
    for (SingleValidationMessage message : messages) {
      if (message.getSeverity() != ResultSeverityEnum.INFORMATION) {
        String text = message.getMessage().replaceAll("\\s+", " ");
        System.out.println(
            message.getSeverity() + "\t" + file + "\t" + message.getLocationString() + "\t" + text);
      }
    }
  }

  private ValidateFolder() {}
}
