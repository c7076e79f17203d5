using System.Globalization;
using Distribution.Portal;

// What the portal costs: how long its pages take with much to show (pages), and what those who watch a swarm take of the server (live).
if (args.Length < 2 || args[0] is not ("pages" or "live"))
{
    Console.Error.WriteLine("usage: pages|live PROGRAM [FILES or VIEWERS]");
    return 2;
}
int count =
    args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture)
    : args[0] == "pages" ? 10_000
    : 100;
string folder = Directory.CreateTempSubdirectory("distribution-portal-").FullName;
try
{
    if (args[0] == "pages")
        await PageTimes.MeasureAsync(args[1], folder, count);
    else
        await LiveCost.MeasureAsync(args[1], folder, count);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
return 0;
