using System.CommandLine;
using System.Text.Json;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution unpublish ID</c>: closes the swarm and every link; the reports stay.</summary>
internal static class UnpublishCommand
{
    public static Command Create()
    {
        var command = new Command("unpublish", "Take a file down: its swarm and every link; its reports stay");
        var id = new Argument<string>("ID") { Description = "The file's id, as `ls` shows it" };
        command.Arguments.Add(id);
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                string fileId = parsed.GetRequiredValue(id);
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                {
                    Answer<string> deleted = await server.UnpublishAsync(fileId, stop);
                    if (!deleted.TryGet(out _, out failure))
                        return Complaint.Fail(failure.Message);
                    Answer<JsonElement> asked = await server.GetFileAsync(fileId, stop);
                    if (!asked.TryGet(out JsonElement file, out failure))
                        return Complaint.Fail(failure.Message);
                    if (client.WantsJson(parsed))
                        Terminal.WriteJson(file);
                    else
                        Console.Out.WriteLine($"unpublished {Terminal.Plain(fileId)}");
                    return ExitStatus.Done;
                }
            }
        );
        return command;
    }
}
