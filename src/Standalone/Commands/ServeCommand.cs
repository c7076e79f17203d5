using System.CommandLine;
using Distribution.Standalone.CommandLine;

namespace Distribution.Standalone.Commands;

internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run everything here");
        command.SetAction(_ => Complaint.Fail("todo"));
        return command;
    }
}
