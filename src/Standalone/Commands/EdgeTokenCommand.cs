using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution edge-token</c>: a token by which one edge node enrols, once.</summary>
internal static class EdgeTokenCommand
{
    private static readonly Option<int> Hours = new("--hours")
    {
        Description = "How long it can be used, 1 to 720; default 24",
        HelpName = "HOURS",
        DefaultValueFactory = static _ => 24,
    };

    public static Command Create()
    {
        var command = new Command("edge-token", "Make a token that enrols one edge node, once") { Hours };
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                int hours = parsed.GetValue(Hours);
                if (hours is < 1 or > 720)
                    return Complaint.WrongUsage("--hours is from 1 to 720.");
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                {
                    string wish = JsonSerializer.Serialize(
                        new { expiresInSeconds = hours * 3600 },
                        JsonSerializerOptions.Web
                    );
                    Answer<JsonElement> asked = server.Document(
                        await server.PostJsonAsync("api/v1/edge-tokens", wish, "application/json", stop)
                    );
                    if (!asked.TryGet(out JsonElement token, out failure))
                        return Complaint.Fail(failure.Message);
                    if (client.WantsJson(parsed))
                    {
                        Terminal.WriteJson(token);
                        return ExitStatus.Done;
                    }
                    DateTimeOffset expires = token.GetProperty("expiresAt").GetDateTimeOffset();
                    Console.Out.WriteLine(Terminal.Plain(token.GetProperty("token").GetString() ?? ""));
                    await Console.Error.WriteLineAsync(
                        $"Once, before {expires.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: "
                            + $"distribution edge --server {server.Server.GetLeftPart(UriPartial.Authority)} --enrol TOKEN"
                    );
                    return ExitStatus.Done;
                }
            }
        );
        return command;
    }
}
