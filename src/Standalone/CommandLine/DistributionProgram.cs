using System.CommandLine;
using System.CommandLine.Invocation;
using Distribution.Standalone.Commands;

namespace Distribution.Standalone.CommandLine;

/// <summary>The command line as a whole: parses, runs, and turns whatever went wrong into one line and a status.</summary>
internal static class DistributionProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Publish files, hand out magnet links, and see what peers took off the bill.")
        {
            ServeCommand.Create(),
            PublishCommand.Create(),
            ImportCommand.Create(),
            ListCommand.Create(),
            ShowCommand.Create(),
            ReportCommand.Create(),
            UnpublishCommand.Create(),
            EdgeCommand.Create(),
            VerifyCommand.Create(),
            GetCommand.Create(),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction or null)
        {
            string why = parsed.Errors.Count > 0 ? parsed.Errors[0].Message : "No command was given.";
            return Complaint.WrongUsage($"{why} See: distribution --help");
        }
        try
        {
            // The host handles signals of its own commands; the others end at once and leave what they need to resume.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
            );
        }
        catch (OperationCanceledException)
        {
            return Complaint.Fail("Interrupted.");
        }
#pragma warning disable CA1031 // The last stop before the user, who gets a line and no stack trace.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return Complaint.Fail(fault.Message);
        }
    }
}
