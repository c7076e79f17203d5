using System.CommandLine;
using Distribution.Standalone.CommandLine;

namespace Distribution.Standalone.Commands;

internal static class EdgeCommand
{
    public static Command Create()
    {
        var command = new Command("edge", "Run everything here");
        command.SetAction(_ => Complaint.Fail("todo"));
        return command;
    }
}
