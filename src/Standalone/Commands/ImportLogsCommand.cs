using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Spectre.Console;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution import-logs FILE…</c>: counts what a CDN's access logs say it sent.</summary>
internal static class ImportLogsCommand
{
    public static Command Create()
    {
        var command = new Command(
            "import-logs",
            "Count what a CDN's access logs say it sent; each line once, however often a log comes"
        );
        var files = new Argument<string[]>("FILE")
        {
            Description =
                "Access logs, packed by gzip or not: Azure Storage ($logs or resource logs), Azure Front Door, W3C extended, nginx combined",
            Arity = ArgumentArity.OneOrMore,
        };
        command.Arguments.Add(files);
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                string[] paths = parsed.GetRequiredValue(files);
                if (paths.FirstOrDefault(static path => !File.Exists(path)) is { } missing)
                    return Complaint.Fail($"There is no {missing}.");
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                    return await ImportAsync(server, paths, client.WantsJson(parsed), stop);
            }
        );
        return command;
    }

    private static async Task<int> ImportAsync(
        ServerClient server,
        IReadOnlyList<string> paths,
        bool json,
        CancellationToken stop
    )
    {
        var done = new JsonArray();
        bool isWhole = true;
        foreach (string path in paths)
        {
            Answer<JsonElement> answer = await SendAsync(server, path, stop);
            if (!answer.TryGet(out JsonElement document, out Failure? failure))
                return Complaint.Fail($"{path}: {failure.Message}");
            isWhole &= document.GetProperty("isWhole").GetBoolean();
            done.Add(JsonNode.Parse(document.GetRawText()));
        }
        if (json)
        {
            using var all = JsonDocument.Parse(new JsonObject { ["logs"] = done }.ToJsonString());
            Terminal.WriteJson(all.RootElement);
        }
        else
            Print(done);
        return isWhole ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static async Task<Answer<JsonElement>> SendAsync(ServerClient server, string path, CancellationToken stop)
    {
        try
        {
            await using FileStream file = File.OpenRead(path);
            using var message = new HttpRequestMessage(
                HttpMethod.Post,
                $"api/v1/cdn-logs?name={Uri.EscapeDataString(Path.GetFileName(path))}"
            )
            {
                Content = new StreamContent(file),
            };
            Answer<HttpResponseMessage> sent = await server.SendAsync(message, stop);
            if (!sent.TryGet(out HttpResponseMessage? response, out Failure? failure))
                return failure;
            using (response)
            {
                return response.IsSuccessStatusCode
                    ? server.Document(await response.Content.ReadAsStringAsync(stop))
                    : await server.FailureOfAsync(response, stop);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Failure(fault.Message);
        }
    }

    private static void Print(JsonArray logs)
    {
        Table table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("log", "new lines", "counted", "bytes", "others", "malformed", "note");
        foreach (JsonNode? log in logs)
            table.AddRow(
                Cell("name"),
                Cell("lines"),
                Cell("counted"),
                new Text(ByteText.Of(log!["cdnBytes"]!.GetValue<long>())),
                Cell("unknown"),
                Cell("malformed"),
                new Text(Terminal.Plain(Note(log)))
            );
        Terminal.ForResults().Write(table);

        Text Cell(string name) => new(Terminal.Plain(logs[table.Rows.Count]![name]!.ToString()));
    }

    private static string Note(JsonNode log)
    {
        if (log["problem"]?.GetValue<string>() is { } problem)
            return problem;
        long earlier = log["earlierBytes"]!.GetValue<long>();
        return earlier == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"the first {earlier} bytes were counted before");
    }
}
