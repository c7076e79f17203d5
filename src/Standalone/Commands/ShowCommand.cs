using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution show ID</c>: one file's state, links and live swarm.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var command = new Command("show", "Show one file: state, links, live swarm");
        var id = new Argument<string>("ID") { Description = "The file's id, as `ls` shows it" };
        command.Arguments.Add(id);
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                {
                    Answer<JsonElement> asked = await server.GetFileAsync(parsed.GetRequiredValue(id), stop);
                    if (!asked.TryGet(out JsonElement json, out failure))
                        return Complaint.Fail(failure.Message);
                    if (!FileAnswer.Read(json).TryGet(out FileAnswer? file, out failure))
                        return Complaint.Fail(failure.Message);
                    JsonElement? swarm = null;
                    if (file.State == "published")
                    {
                        Answer<JsonElement> live = await server.GetSwarmAsync(file.Id, stop);
                        if (!live.TryGet(out JsonElement found, out failure))
                            return Complaint.Fail(failure.Message);
                        swarm = found;
                    }
                    if (client.WantsJson(parsed))
                        WriteJson(json, swarm);
                    else
                        Print(file, swarm);
                    return ExitStatus.Done;
                }
            }
        );
        return command;
    }

    /// <summary>The file's own document with one more member, <c>swarm</c>: null unless it is published.</summary>
    private static void WriteJson(JsonElement file, JsonElement? swarm)
    {
        JsonObject document = JsonObject.Create(file)!;
        document["swarm"] = swarm is { } live ? JsonNode.Parse(live.GetRawText()) : null;
        Terminal.WriteJson(document);
    }

    private static void Print(FileAnswer file, JsonElement? swarm)
    {
        FileLinks.Line("title", file.Title ?? file.Name);
        FileLinks.Line("name", file.Name);
        FileLinks.Line("state", file.State);
        FileLinks.Line("reason", file.FailureReason);
        FileLinks.Line(
            "size",
            string.Create(CultureInfo.InvariantCulture, $"{ByteText.Of(file.SizeBytes)} ({file.SizeBytes} bytes)")
        );
        FileLinks.Line("files", file.FileCount?.ToString(CultureInfo.InvariantCulture));
        FileLinks.Line("format", file.Format);
        FileLinks.Line("pieces of", file.PieceLengthBytes is { } length ? ByteText.Of(length) : null);
        FileLinks.Line("info-hash", file.InfoHash);
        FileLinks.Line("v2", file.InfoHashV2);
        FileLinks.Line("sha-256", file.Sha256);
        FileLinks.Print(file);
        if (swarm is not { ValueKind: JsonValueKind.Object } live)
            return;
        Console.Out.WriteLine();
        foreach (JsonProperty figure in live.EnumerateObject())
            FileLinks.Line(figure.Name, figure.Value.ToString());
    }
}
