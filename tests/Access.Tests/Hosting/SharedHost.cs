using Distribution.Access.Tests.Hosting;

[assembly: AssemblyFixture(typeof(ServerHost))]
