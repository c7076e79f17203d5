using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Distribution.Contracts.Costs;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution report</c>: bytes and money saved.</summary>
internal static class ReportCommand
{
    private static readonly Option<string?> File = new("--file")
    {
        Description = "One file's id; default: all files of the publisher",
        HelpName = "ID",
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "Start, UTC, inclusive: 2026-01-31 or 2026-01-31T15:00:00Z",
        HelpName = "TIME",
    };

    private static readonly Option<string?> To = new("--to") { Description = "End, UTC, exclusive", HelpName = "TIME" };

    private static readonly Option<string?> Bucket = new("--bucket")
    {
        Description = "A row an hour, a day or a month",
    };

    private static readonly Option<string?> Compare = new("--compare")
    {
        Description =
            "Also the figures of another range: its start, or START..END, or \"before\" (as long, just before)",
        HelpName = "RANGE",
    };

    private static readonly Option<string?> Collection = new("--collection")
    {
        Description = "A group of files, by its name (PUT /api/v1/collections/NAME)",
        HelpName = "NAME",
    };

    private static readonly Option<string?> By = new("--by")
    {
        Description = "With --csv: a line a bucket of time (the default), a region or an autonomous system",
    };

    private static readonly Option<bool> Csv = new("--csv") { Description = "Write comma-separated values" };

    private static readonly Option<string?> Contract = new("--contract")
    {
        Description =
            "Also under another contract: its file, or its id in the server's catalogue (GET /api/v1/contracts)",
        HelpName = "ID|FILE",
    };

    public static Command Create()
    {
        Bucket.AcceptOnlyFromAmong("hour", "day", "month");
        By.AcceptOnlyFromAmong("time", "region", "system");
        var command = new Command("report", "Bytes delivered, by whom, and the money saved")
        {
            File,
            Collection,
            From,
            To,
            Bucket,
            Compare,
            Csv,
            By,
            Contract,
        };
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                bool json = client.WantsJson(parsed);
                bool csv = parsed.GetValue(Csv);
                if (json && csv)
                    return Complaint.WrongUsage("--json and --csv exclude each other.");
                if (csv && parsed.GetValue(Contract) is not null)
                    return Complaint.WrongUsage("--csv has bytes alone, so --contract changes nothing in it.");
                if (parsed.GetValue(File) is not null && parsed.GetValue(Collection) is not null)
                    return Complaint.WrongUsage("--file and --collection exclude each other.");
                if (!csv && parsed.GetValue(By) is not null)
                    return Complaint.WrongUsage("--by is of --csv; without it all tables are shown.");
                ContractDocument? other = null;
                if (parsed.GetValue(Contract) is { } named && System.IO.File.Exists(named))
                {
                    if (!ContractDocument.TryRead(named, out other, out IReadOnlyList<string> wrong))
                        return Complaint.Fail(string.Join(' ', wrong));
                }
                Answer<string> asked = Path(parsed, other is null ? parsed.GetValue(Contract) : null);
                if (!asked.TryGet(out string? path, out Failure? failure))
                    return Complaint.WrongUsage(failure.Message);
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                    return await PrintAsync(server, path, other, parsed.GetValue(File), json, csv, stop);
            }
        );
        return command;
    }

    private static async Task<int> PrintAsync(
        ServerClient server,
        string path,
        ContractDocument? other,
        string? fileId,
        bool json,
        bool csv,
        CancellationToken stop
    )
    {
        if (csv)
        {
            Answer<string> text = await server.GetTextAsync(path, "text/csv", stop);
            if (!text.TryGet(out string? rows, out Failure? missing))
                return Complaint.Fail(Explain(missing).Message);
            Console.Out.Write(rows);
            return ExitStatus.Done;
        }
        Answer<JsonElement> answer = other is null
            ? await server.GetJsonAsync(path, stop)
            : server.Document(await server.PostJsonAsync(path, other.Json, "application/json", stop));
        if (!answer.TryGet(out JsonElement document, out Failure? failure))
            return Complaint.Fail(Explain(failure).Message);
        if (json)
        {
            Terminal.WriteJson(document);
            return ExitStatus.Done;
        }
        if (!ReportAnswer.Read(document).TryGet(out ReportAnswer? report, out failure))
            return Complaint.Fail(failure.Message);
        ReportTable.Print(report);
        return ExitStatus.Done;

        Failure Explain(Failure told) => fileId is null ? told : FileCalls.Named(told, fileId, server);
    }

    private static Answer<string> Path(ParseResult parsed, string? contractId)
    {
        var query = new List<string>();
        string? compare = parsed.GetValue(Compare);
        if (compare is not null && parsed.GetValue(Csv))
            return new Failure("--csv has the buckets of one range, so --compare changes nothing in it.");
        if (compare is "before")
        {
            compare = parsed.GetValue(From) is { } start ? $"..{start}" : null;
            if (compare is null)
                return new Failure("--compare before needs --from.");
        }
        string[] ends = compare?.Split("..", 2) ?? [];
        (string Option, string Name, string? Text)[] times =
        [
            ("--from", "from", parsed.GetValue(From)),
            ("--to", "to", parsed.GetValue(To)),
            ("--compare", "compareFrom", ends.ElementAtOrDefault(0)),
            ("--compare", "compareTo", ends.ElementAtOrDefault(1)),
        ];
        foreach ((string option, string name, string? text) in times)
        {
            if (string.IsNullOrEmpty(text))
                continue;
            if (
                !DateTimeOffset.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out DateTimeOffset time
                )
            )
                return new Failure($"{option}: \"{text}\" is no time; write 2026-01-31 or 2026-01-31T15:00:00Z.");
            string written = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            query.Add($"{name}={Uri.EscapeDataString(written)}");
        }
        if (parsed.GetValue(Bucket) is { } bucket)
            query.Add($"bucket={bucket}");
        if (contractId is not null)
            query.Add($"contract={Uri.EscapeDataString(contractId)}");
        if (parsed.GetValue(By) is { } by)
            query.Add($"by={by}");
        string path =
            parsed.GetValue(File) is { } file ? $"api/v1/files/{Uri.EscapeDataString(file)}/report"
            : parsed.GetValue(Collection) is { } group ? $"api/v1/collections/{Uri.EscapeDataString(group)}/report"
            : "api/v1/report";
        return query.Count > 0 ? $"{path}?{string.Join('&', query)}" : path;
    }
}
