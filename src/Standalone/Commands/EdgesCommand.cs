using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Spectre.Console;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution edges</c>: the edge nodes; and what is wanted of one, <c>edges drain|activate|retire NODE</c>.</summary>
internal static class EdgesCommand
{
    public static Command Create()
    {
        var command = new Command("edges", "List the edge nodes")
        {
            CreateChange("drain", "Let a node finish what its viewers are on, and give it nothing new"),
            CreateChange("activate", "Give a node swarms again"),
            CreateChange("retire", "Revoke a node's key, for good; drain it first"),
        };
        var client = new ClientOptions(command);
        command.SetAction((parsed, stop) => RunAsync(client, parsed, PrintTable, GetAsync, stop));
        return command;

        static Task<Answer<JsonElement>> GetAsync(ServerClient server, CancellationToken stop) =>
            server.GetJsonAsync("api/v1/edges", stop);
    }

    private static Command CreateChange(string verb, string description)
    {
        var node = new Argument<string>("NODE") { Description = "Its id, as `distribution edges` lists it" };
        var command = new Command(verb, description) { node };
        var client = new ClientOptions(command);
        command.SetAction(
            (parsed, stop) =>
            {
                string path = $"api/v1/edges/{Uri.EscapeDataString(parsed.GetValue(node)!)}/{verb}";
                return RunAsync(
                    client,
                    parsed,
                    static changed => Console.Out.WriteLine($"{Text(changed, "id")} is {Text(changed, "state")}"),
                    async (server, stopped) =>
                        server.Document(await server.PostJsonAsync(path, "", "application/json", stopped)),
                    stop
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ClientOptions client,
        ParseResult parsed,
        Action<JsonElement> print,
        Func<ServerClient, CancellationToken, Task<Answer<JsonElement>>> ask,
        CancellationToken stop
    )
    {
        Answer<ServerClient> connected = client.Connect(parsed);
        if (!connected.TryGet(out ServerClient? server, out Failure? failure))
            return Complaint.Fail(failure.Message);
        using (server)
        {
            Answer<JsonElement> asked = await ask(server, stop);
            if (!asked.TryGet(out JsonElement answer, out failure))
                return Complaint.Fail(failure.Message);
            if (client.WantsJson(parsed))
                Terminal.WriteJson(answer);
            else
                print(answer);
            return ExitStatus.Done;
        }
    }

    private static void PrintTable(JsonElement answer)
    {
        JsonElement items = answer.GetProperty("items");
        if (items.GetArrayLength() == 0)
        {
            Console.Out.WriteLine("No edge node has been heard of yet.");
            return;
        }
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumns("id", "state", "region", "swarms", "with viewers", "connections", "sending", "cache");
        foreach (JsonElement node in items.EnumerateArray())
        {
            string state = Text(node, "state");
            bool isAlive = node.GetProperty("alive").GetBoolean();
            table.AddRow(
                new Text(Text(node, "id")),
                new Text(isAlive || state == "retired" ? state : $"{state}, silent"),
                new Text(Text(node, "region")),
                new Text(Number(node, "swarms").ToString(CultureInfo.InvariantCulture)),
                new Text(Number(node, "swarmsWithViewers").ToString(CultureInfo.InvariantCulture)),
                new Text(Number(node, "connections").ToString(CultureInfo.InvariantCulture)),
                new Text($"{ByteText.Of(Number(node, "uploadBytesPerSecond"))}/s"),
                new Text($"{ByteText.Of(Number(node, "cacheBytes"))} of {ByteText.Of(Number(node, "cacheLimitBytes"))}")
            );
        }
        Terminal.ForResults().Write(table);
    }

    private static string Text(JsonElement json, string name) =>
        Terminal.Plain(json.GetProperty(name).GetString() ?? "");

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
