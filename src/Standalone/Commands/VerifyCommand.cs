using System.CommandLine;
using System.Globalization;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Distribution.Standalone.Verifying;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution verify FILE</c>: recomputes a ledger's export from its lines alone.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var command = new Command(
            "verify",
            "Recompute a ledger export: its hash chain, signatures and sums, and the report; no server is asked"
        );
        var file = new Argument<string>("FILE")
        {
            Description = "What GET /api/v1/ledger answered; - reads standard input",
        };
        var report = new Option<bool>("--report")
        {
            Description = "Recompute the savings report, of all files and of each",
        };
        var fileId = new Option<string?>("--file") { Description = "The report of one file alone", HelpName = "ID" };
        var publisher = new Option<string?>("--publisher")
        {
            Description = "The report of one publisher's files, under that publisher's contract",
            HelpName = "ID",
        };
        var contract = new Option<string?>("--contract")
        {
            Description = "Reckon under this contract, in the place of those that the export tells",
            HelpName = "CONTRACT",
        };
        var from = new Option<string?>("--from")
        {
            Description =
                "The report's start, UTC, inclusive: 2026-01-31 or 2026-01-31T15:00:00Z; default: the first hour",
            HelpName = "TIME",
        };
        var to = new Option<string?>("--to") { Description = "Its end, UTC, exclusive", HelpName = "TIME" };
        var bucket = new Option<string?>("--bucket") { Description = "A row an hour, a day or a month" };
        bucket.AcceptOnlyFromAmong("hour", "day", "month");
        var earlier = new Option<string?>("--earlier")
        {
            Description = "An earlier export of the same server: this one must hold all its entries, unchanged",
            HelpName = "OLD",
        };
        var key = new Option<string?>("--key")
        {
            Description = "The fingerprint that the key must have: sha256:…",
            HelpName = "FINGERPRINT",
        };
        var json = new Option<bool>("--json")
        {
            Description = "Write one JSON document to standard output, and nothing else there",
        };
        command.Arguments.Add(file);
        foreach (
            Option option in new Option[] { report, fileId, publisher, contract, from, to, bucket, earlier, key, json }
        )
            command.Options.Add(option);
        command.SetAction(
            async (parsed, stop) =>
            {
                bool isReportAsked =
                    parsed.GetValue(report)
                    || new[] { fileId, publisher, contract, from, to, bucket }.Any(option =>
                        parsed.GetValue(option) is not null
                    );
                ContractDocument? document = null;
                if (
                    parsed.GetValue(contract) is { } path
                    && !ContractDocument.TryRead(path, out document, out IReadOnlyList<string> errors)
                )
                    return Complaint.WrongUsage(string.Join(' ', errors));
                if (!TryHour(parsed.GetValue(from), false, out long start))
                    return NoTime(from, parsed.GetValue(from));
                if (!TryHour(parsed.GetValue(to), true, out long end))
                    return NoTime(to, parsed.GetValue(to));
                if (start >= end)
                    return Complaint.WrongUsage("--from must lie before --to.");
                ReportBucketSize size =
                    parsed.GetValue(bucket) is "hour" ? ReportBucketSize.Hour
                    : parsed.GetValue(bucket) is "month" ? ReportBucketSize.Month
                    : ReportBucketSize.Day;
                var wish = new VerificationWish(
                    parsed.GetRequiredValue(file),
                    parsed.GetValue(earlier),
                    parsed.GetValue(key),
                    isReportAsked
                        ? new ChainReport(start, end, parsed.GetValue(fileId), size, parsed.GetValue(publisher))
                        : null,
                    document
                );
                Answer<Verification> answer = await Verification.RunAsync(wish, stop);
                if (!answer.TryGet(out Verification? done, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                if (parsed.GetValue(json))
                    Terminal.WriteJson(VerificationResource.Of(done, parsed.GetValue(fileId), size));
                else if (done.Fault is null)
                    VerificationTable.Print(done, parsed.GetValue(fileId), size);
                return done.Fault is { } fault ? Complaint.Fail($"{wish.File}: {fault}") : ExitStatus.Done;
            }
        );
        return command;
    }

    private static int NoTime(Option<string?> option, string? text) =>
        Complaint.WrongUsage($"{option.Name}: \"{text}\" is no time; write 2026-01-31 or 2026-01-31T15:00:00Z.");

    /// <summary>Unix time of a full hour; without a text, all there is.</summary>
    private static bool TryHour(string? text, bool isEnd, out long hour)
    {
        hour = isEnd ? long.MaxValue : 0;
        if (text is null)
            return true;
        if (
            !DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset time
            ) || time.Year is < 1970 or >= 9000
        )
            return false;
        long seconds = time.ToUnixTimeSeconds() + (isEnd ? 3599 : 0);
        hour = seconds - seconds % 3600;
        return true;
    }
}
