using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Display;
using Spectre.Console;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution ls</c>: the publisher's files.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("ls", "List the publisher's files, newest first");
        var client = new ClientOptions(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                Answer<ServerClient> connected = client.Connect(parsed);
                if (!connected.TryGet(out ServerClient? server, out Failure? failure))
                    return Complaint.Fail(failure.Message);
                using (server)
                {
                    Answer<List<JsonElement>> listed = await server.ListFilesAsync(stop);
                    if (!listed.TryGet(out List<JsonElement>? files, out failure))
                        return Complaint.Fail(failure.Message);
                    if (!client.WantsJson(parsed))
                        return PrintTable(files);
                    Terminal.WriteJson(new { items = files });
                    return ExitStatus.Done;
                }
            }
        );
        return command;
    }

    private static int PrintTable(List<JsonElement> files)
    {
        if (files.Count == 0)
        {
            Console.Out.WriteLine("No files yet: distribution publish FILE");
            return ExitStatus.Done;
        }
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumns("id", "state", "size", "created (UTC)", "title");
        table.Columns[2].RightAligned();
        foreach (JsonElement json in files)
        {
            if (!FileAnswer.Read(json).TryGet(out FileAnswer? file, out Failure? failure))
                return Complaint.Fail(failure.Message);
            string created =
                file.CreatedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";
            table.AddRow(
                new Text(Terminal.Plain(file.Id)),
                new Text(Terminal.Plain(file.State)),
                new Text(ByteText.Of(file.SizeBytes)),
                new Text(created),
                new Text(Terminal.Plain(file.Title ?? file.Name))
            );
        }
        Terminal.ForResults().Write(table);
        return ExitStatus.Done;
    }
}
