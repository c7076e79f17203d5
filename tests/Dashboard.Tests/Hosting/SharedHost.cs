using Distribution.Dashboard.Tests.Hosting;

[assembly: AssemblyFixture(typeof(PortalHost))]
