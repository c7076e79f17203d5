using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Spectre.Console;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution import SOURCE</c>: lets the server publish what it reaches itself, shows how far it is, prints the links.</summary>
internal static class ImportCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var command = new Command(
            "import",
            "Let the server publish what it reaches itself: a file or folder on it, or an address; print the links"
        );
        var source = new Argument<string>("SOURCE")
        {
            Description =
                "A path on the server, below one of its --import-from folders, or an http(s) address, such as a blob's with its signature",
        };
        var title = new Option<string?>("--title") { Description = "What people see; default: the name" };
        var name = new Option<string?>("--name")
        {
            Description = "What viewers' files are called; default: the source's name",
        };
        var format = new Option<string?>("--format")
        {
            Description = "v1 or hybrid; default: as the server is set",
            HelpName = "v1|hybrid",
        };
        format.AcceptOnlyFromAmong("v1", "hybrid");
        var torrent = new Option<string?>("--torrent")
        {
            Description = "A .torrent file of the source, whose info-hash is kept; the bytes must fit it",
            HelpName = "FILE",
        };
        command.Arguments.Add(source);
        foreach (Option<string?> option in new[] { title, name, format, torrent })
            command.Options.Add(option);
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var place = new JsonObject
                {
                    [PlaceOf(parsed.GetRequiredValue(source))] = Full(parsed.GetRequiredValue(source)),
                };
                if (parsed.GetValue(torrent) is { } file)
                {
                    if (!File.Exists(file))
                        return Complaint.Fail($"There is no {file}.");
                    place["torrent"] = Convert.ToBase64String(await File.ReadAllBytesAsync(file, stop));
                }
                var request = new JsonObject { ["source"] = place };
                foreach (Option<string?> option in new[] { title, name, format })
                {
                    if (parsed.GetValue(option) is { } value)
                        request[option.Name.TrimStart('-')] = value;
                }
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                {
                    Answer<JsonElement> published = await ImportAsync(server, request, stop);
                    return published.TryGet(out JsonElement json, out failure)
                        ? PublishCommand.Print(json, client.WantsJson(parsed))
                        : Complaint.Fail(failure.Message);
                }
            }
        );
        return command;
    }

    private static bool IsAddress(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static string PlaceOf(string source) => IsAddress(source) ? "url" : "path";

    private static string Full(string source) => IsAddress(source) ? source : Path.GetFullPath(source);

    private static async Task<Answer<JsonElement>> ImportAsync(
        ServerClient server,
        JsonObject request,
        CancellationToken stop
    )
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/v1/imports");
        message.Content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        Answer<HttpResponseMessage> sent = await server.SendAsync(message, stop);
        if (!sent.TryGet(out HttpResponseMessage? response, out Failure? failure))
            return failure;
        JsonElement import;
        using (response)
        {
            if (!response.IsSuccessStatusCode)
                return await server.FailureOfAsync(response, stop);
            import = await JsonSerializer.DeserializeAsync<JsonElement>(
                await response.Content.ReadAsStreamAsync(stop),
                cancellationToken: stop
            );
        }
        string id = import.GetProperty("id").GetString()!;
        Complaint.Note($"Import {id} goes on in the server, whether this command waits for it or not.");
        Answer<bool> ended = await ShowingProgressAsync(import, show => UntilEndedAsync(server, id, show, stop));
        return ended.TryGet(out _, out failure) ? await server.GetFileAsync(id, stop) : failure;
    }

    private static async Task<Answer<bool>> UntilEndedAsync(
        ServerClient server,
        string id,
        Action<JsonElement> show,
        CancellationToken stop
    )
    {
        while (true)
        {
            Answer<JsonElement> asked = await server.GetJsonAsync($"api/v1/imports/{id}", stop);
            if (asked.TryGet(out JsonElement import, out Failure? failure))
            {
                show(import);
                switch (import.GetProperty("state").GetString())
                {
                    case "published":
                        return true;
                    case "failed":
                        return new Failure($"The import failed: {import.GetProperty("error").GetString()}");
                    case "unpublished":
                        return new Failure("It was unpublished meanwhile.");
                }
            }
            // The server may be starting again; its import goes on then.
            else if (!failure.IsTransient)
                return failure;
            await Task.Delay(PollInterval, stop);
        }
    }

    private static async Task<Answer<bool>> ShowingProgressAsync(
        JsonElement import,
        Func<Action<JsonElement>, Task<Answer<bool>>> wait
    )
    {
        if (Terminal.ForProgress() is not { } console)
            return await wait(_ => { });
        string? told = null;
        return await Terminal
            .Bars(console)
            .StartAsync(async bars =>
            {
                ProgressTask bar = bars.AddTask(
                    Markup.Escape(Terminal.Plain(import.GetProperty("name").GetString())),
                    maxValue: Math.Max(1, import.GetProperty("sizeBytes").GetInt64())
                );
                return await wait(now =>
                {
                    bar.Value = now.GetProperty("bytes").GetInt64();
                    string? error = now.GetProperty("error").GetString();
                    if (error is not null && error != told)
                        console.MarkupLineInterpolated($"[yellow]It waits: {Terminal.Plain(error)}[/]");
                    told = error;
                });
            });
    }
}
