import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.revocation.ocsp.ExternalResourcesOCSPSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * Judge [--anchor PEM]… [--crl FILE]… [--ocsp FILE]… DOCUMENT…
 *
 * Validates each document, off line, against the anchors and prints one line of JSON for it:
 * {"file": …, "signatures": [{"format", "indication", "subIndication", "adesErrors": […], "adesWarnings": […]}]}
 * or {"file": …, "error": …}. Exit status 0 when every file could be read, whatever the verdicts.
 */
public final class Judge {
    public static void main(String[] arguments) {
        CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
        List<DSSDocument> crls = new ArrayList<>();
        List<DSSDocument> answers = new ArrayList<>();
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--anchor" -> anchors.addCertificate(DSSUtils.loadCertificate(new File(arguments[++i])));
                case "--crl" -> crls.add(new FileDocument(arguments[++i]));
                case "--ocsp" -> answers.add(new FileDocument(arguments[++i]));
                default -> documents.add(arguments[i]);
            }
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(anchors);
        verifier.setAIASource(null);
        if (!crls.isEmpty()) {
            verifier.setCrlSource(new ExternalResourcesCRLSource(crls.toArray(new DSSDocument[0])));
        }
        if (!answers.isEmpty()) {
            verifier.setOcspSource(new ExternalResourcesOCSPSource(answers.toArray(new DSSDocument[0])));
        }
        boolean readable = true;
        for (String path : documents) {
            readable &= judge(path, verifier);
        }
        System.exit(readable ? 0 : 1);
    }

    private static boolean judge(String path, CommonCertificateVerifier verifier) {
        try {
            SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(path));
            validator.setCertificateVerifier(verifier);
            Reports reports = validator.validateDocument();
            System.out.println("{\"file\":" + quote(path) + ",\"signatures\":" + signatures(reports.getSimpleReport()) + "}");
            return true;
        } catch (RuntimeException e) {
            System.out.println("{\"file\":" + quote(path) + ",\"error\":" + quote(String.valueOf(e.getMessage())) + "}");
            return false;
        }
    }

    private static String signatures(SimpleReport report) {
        List<String> items = new ArrayList<>();
        for (String id : report.getSignatureIdList()) {
            items.add("{\"format\":" + quote(String.valueOf(report.getSignatureFormat(id)))
                    + ",\"indication\":" + quote(String.valueOf(report.getIndication(id)))
                    + ",\"subIndication\":" + quote(String.valueOf(report.getSubIndication(id)))
                    + ",\"signedBy\":" + quote(String.valueOf(report.getSignedBy(id)))
                    + ",\"adesErrors\":" + messages(report.getAdESValidationErrors(id))
                    + ",\"adesWarnings\":" + messages(report.getAdESValidationWarnings(id)) + "}");
        }
        return "[" + String.join(",", items) + "]";
    }

    private static String messages(List<eu.europa.esig.dss.jaxb.object.Message> list) {
        List<String> items = new ArrayList<>();
        for (Message message : list) {
            items.add(quote(message.getValue()));
        }
        return "[" + String.join(",", items) + "]";
    }

    private static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private Judge() {
    }
}
